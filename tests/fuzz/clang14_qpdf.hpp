// Included by force before qpdf's headers when clang builds the fuzzers: clang 14 refuses qpdf's JSON.hh in C++20 (a
// std::vector of an incomplete class). The other headers only name the class.
#pragma once

#define JSON_HH
class JSON;
