// SCRAM-SHA-256 (RFC 5802, 7677) by libgsasl, over IMAP or POP3: libcurl of Debian does not know it. The password does
// not leave this process, and a server that does not know it is not believed. Handles hostile bytes: what the server
// says. Used by mail_server.
#pragma once

#include <string>

namespace intake {

class mail_server;
struct server_login;

/// On a connection where nobody is logged in. Throws failure: no_permission (refused), protocol (the server does not
/// prove that it knows the password, or wants a number of iterations out of bounds), unavailable.
void log_in_by_scram(mail_server& server, const server_login& login);

}  // namespace intake
