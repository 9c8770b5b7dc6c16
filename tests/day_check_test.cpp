#include "libintake/day_check.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "libintake/json.hpp"
#include "libintake/limits.hpp"
#include "scratch.hpp"

using namespace intake;
using namespace std::chrono_literals;

namespace {

const profile& rule() {
  static const profile one = load_profile("kumamoto-2021", INTAKE_SOURCE_DIR "/share/intake/profiles");
  return one;
}

const config& desk() {
  static const config one = [] {
    config made;
    made.station = "chuo";
    made.stations = {{"chuo", "架空中央警察署", {"中央署"}, "chuo@police.example.jp", ""},
                     {"kita", "見本北警察署", {"北署"}, "kita@police.example.jp", ""}};
    return made;
  }();
  return one;
}

const date day = 2026y / std::chrono::November / 17;
const timestamp noon_of_20th = *parse_rfc3339("2026-11-20T12:00:00+09:00");

struct application {
  std::string id, number, applicant, procedure, station;
  std::int64_t submitted = 0;
  bool doubted = false;
  std::string earlier_number;  ///< of a judgement before; empty: there was none

  [[nodiscard]] std::string record_text(const std::string& receipt_no) const {
    json::writer out;
    out.begin_object().member("intake", 1).member("id", id);
    out.member("arrived_at", to_rfc3339({submitted + 60})).member("handling_day", "2026-11-18");
    out.member("kind", "application").key("application").begin_object().member_if("receipt_no", receipt_no);
    out.member_if("applicant", applicant).member("procedure", procedure).member("station", station);
    out.member("submitted_at", to_rfc3339({submitted})).end_object();
    out.key("actions").begin_array();
    if (doubted) out.begin_object().member("do", "check_list").member("to", "clerk").end_object();
    out.end_array().member("disposition", doubted ? "confirm" : "accept").key("stages").begin_object();
    out.key("verify").begin_object().end_object().end_object().end_object();
    return out.take();
  }
};

struct list_mail {
  std::string id;
  std::string arrived;
  std::vector<list_entry> entries;

  [[nodiscard]] std::string record_text() const {
    json::writer out;
    out.begin_object().member("intake", 1).member("id", id).member("arrived_at", arrived);
    out.member("kind", "list").key("list").begin_object().member("day", to_string(day)).key("entries").begin_array();
    for (const auto& entry : entries)
      out.begin_object()
          .member_if("receipt_no", entry.receipt_no)
          .member_if("submitted_at", entry.submitted_at)
          .member("procedure", entry.procedure)
          .member("station", entry.station)
          .member("applicant", entry.applicant)
          .end_object();
    out.end_array().end_object().member("disposition", "list").key("stages").begin_object();
    return out.key("verify").begin_object().end_object().end_object().end_object().take();
  }
};

struct world {
  std::vector<application> applications;
  std::vector<list_mail> lists;
};

struct book_of {
  scratch::folder folder;
  ledger book{folder.path("ledger.db"), ledger::mode::write, secret(std::string(32, 'k'))};

  explicit book_of(const world& all, bool with_lists = true) {
    ledger::batch some(book);
    for (const auto& one : all.applications) {
      if (!one.earlier_number.empty()) book.record(record(one.record_text(one.earlier_number)), "test");
      book.record(record(one.record_text(one.number)), "test");
    }
    if (with_lists)
      for (const auto& one : all.lists) book.record(record(one.record_text()), "test");
    some.commit();
  }
  [[nodiscard]] std::size_t events(const std::string& kind) const {
    std::size_t count = 0;
    book.each_event({.from = {}, .before = {}, .kind = kind, .subject = {}}, [&](const event&) { return ++count > 0; });
    return count;
  }
};

/// The record of the day, readable as any other.
record told(const std::string& line) {
  REQUIRE(line.starts_with("{\"reconcile\":1,"));
  return record(R"({"intake":1,"id":"m-day",)" + line.substr(1));
}

record checked(book_of& made, const std::vector<list_mail>& given = {}) {
  day_check check(made.book, rule(), desk(), noon_of_20th, "test");
  if (!given.empty()) check.use_given_lists();
  for (const auto& one : given) {
    const record rec(one.record_text());
    check.add_list(rec, parse_rfc3339(one.arrived)->seconds);
  }
  const auto line = check.check(day).line;
  check.write_events();
  return told(line);
}

std::multiset<std::string> numbers(const record& made, std::string_view array, std::string_view key = "receipt_no") {
  std::multiset<std::string> out;
  made[array].each([&](value one) { out.insert(std::string(one[key].str())); });
  return out;
}

// A small world in which everything happens: the same few numbers, people and times over and over.
class maker {
 public:
  explicit maker(std::uint32_t seed) : random_(seed) {}

  world made() {
    world all;
    for (unsigned i = 0, n = pick(24); i < n; ++i) {
      application one;
      one.id = "m-" + std::to_string(100 + i);
      one.number = pick(10) ? number() : "";
      if (pick(8) == 0) one.earlier_number = number();
      one.applicant = person();
      one.procedure = pick(5) ? "見本届" : "別の届";
      one.station = pick(6) ? "架空中央警察署" : "見本北警察署";
      one.submitted = midnight_ + 86400 * (pick(4) ? 0 : static_cast<int>(pick(60)) - 30) + minute() * 60;
      one.doubted = pick(4) == 0;
      all.applications.push_back(std::move(one));
    }
    for (unsigned i = 0, n = 1 + pick(3); i < n; ++i) {
      list_mail list{"m-l" + std::to_string(i), "2026-11-18T0" + std::to_string(pick(9)) + ":00:00+09:00", {}};
      for (unsigned k = pick(14); k-- > 0;) {
        list_entry entry;
        entry.receipt_no = pick(20) ? number() : "";
        if (pick(3) == 0 && !entry.receipt_no.empty()) entry.receipt_no = "Ｒ" + entry.receipt_no.substr(1) + " ";
        entry.submitted_at = pick(10) ? to_rfc3339({midnight_ + minute() * 60}) : "";
        entry.procedure = pick(5) ? "見本届" : "別の届";
        entry.station = std::array{"中央署", "北署", "どこか署", ""}[pick(6) ? 0 : pick(4)];
        entry.applicant = person();
        list.entries.push_back(std::move(entry));
      }
      all.lists.push_back(std::move(list));
    }
    return all;
  }
  unsigned pick(unsigned below) { return static_cast<unsigned>(random_() % below); }
  std::mt19937& random() { return random_; }

 private:
  std::string number() { return "R-" + std::to_string(pick(24)); }
  std::string person() { return std::array{"架空 太郎", "架空　太郎", "見本 花子", "例示 次郎", ""}[pick(5)]; }
  std::int64_t minute() { return 540 + std::array{0, 10, 25, 40, 200}[pick(5)]; }

  std::mt19937 random_;
  const std::int64_t midnight_ = parse_rfc3339("2026-11-17T00:00:00+09:00")->seconds;
};

std::uint32_t chosen_seed() {
  const char* const given = std::getenv("INTAKE_TEST_SEED");
  return given ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10)) : std::random_device()();
}

// The rules once more, as plainly as they can be put, and not as the product has them.
struct model {
  std::size_t rows = 0, repeated = 0, matched = 0;
  std::vector<list_entry> open;  ///< neither received nor somebody else's
  std::multiset<std::string> elsewhere;
  std::vector<const application*> unnamed;  ///< of the day, here, and not on the list

  static std::string plain(std::string number) {
    if (number.starts_with("Ｒ")) number = "R" + number.substr(3, number.size() - 4);
    return number;
  }
  static std::string name(const std::string& person) { return person == "架空　太郎" ? "架空 太郎" : person; }
  static bool of_day(const application& one) { return civil_day({one.submitted, 540}) == day; }

  explicit model(const world& all) {
    auto lists = all.lists;
    std::sort(lists.begin(), lists.end(),
              [](const auto& a, const auto& b) { return std::tie(a.arrived, a.id) < std::tie(b.arrived, b.id); });
    std::map<std::string, list_entry> by_number;
    std::vector<list_entry> singles;
    for (const auto& list : lists)
      for (const auto& entry : list.entries) {
        ++rows;
        if (entry.receipt_no.empty()) {
          singles.push_back(entry);
          continue;
        }
        repeated += by_number.contains(plain(entry.receipt_no));
        by_number[plain(entry.receipt_no)] = entry;
      }
    for (const auto& [number, entry] : by_number) singles.push_back(entry);
    for (const auto& entry : singles) {
      const bool came = !entry.receipt_no.empty() &&
                        std::any_of(all.applications.begin(), all.applications.end(),
                                    [&](const auto& one) { return one.number == plain(entry.receipt_no); });
      if (came)
        ++matched;
      else if (entry.station == "北署")
        elsewhere.insert(entry.receipt_no);
      else
        open.push_back(entry);
    }
    for (const auto& one : all.applications)
      if (of_day(one) && one.station != "見本北警察署" && (one.number.empty() || !by_number.contains(one.number)))
        unnamed.push_back(&one);
  }

  /// How far apart a pair is; nullopt when it is none.
  static std::optional<std::int64_t> apart(const list_entry& entry, const application& one) {
    const auto listed = parse_rfc3339(entry.submitted_at);
    if (!listed || one.applicant.empty() || name(entry.applicant) != name(one.applicant)) return std::nullopt;
    if (entry.procedure != one.procedure) return std::nullopt;
    const auto gap = std::abs(listed->seconds - one.submitted);
    return gap <= 1800 ? std::optional(gap) : std::nullopt;
  }
};

/// The pairs that were told are the nearest that there were, one after the other, and none was left.
void check_pairs(const model& expected, const record& made) {
  auto entries = expected.open;
  auto applications = expected.unnamed;
  const auto nearest = [&] {
    std::optional<std::int64_t> least;
    for (const auto& entry : entries)
      for (const auto* const one : applications)
        if (const auto gap = model::apart(entry, *one); gap && (!least || *gap < *least)) least = gap;
    return least;
  };
  std::vector<std::tuple<std::int64_t, std::size_t, std::string>> pairs;
  for (const auto& pair : made["probable"].items()) {
    const auto entry = std::find_if(entries.begin(), entries.end(), [&](const auto& one) {
      return one.receipt_no == pair["receipt_no"].str() && one.submitted_at == pair["submitted_at"].str() &&
             one.applicant == pair["applicant"].str() && one.procedure == pair["procedure"].str();
    });
    REQUIRE(entry != entries.end());
    const auto one = std::find_if(applications.begin(), applications.end(),
                                  [&](const auto* each) { return each->id == pair["id"].str(); });
    REQUIRE(one != applications.end());
    const auto gap = model::apart(*entry, **one);
    REQUIRE(gap);
    pairs.emplace_back(*gap, static_cast<std::size_t>(entry - entries.begin()), (*one)->id);
  }
  std::sort(pairs.begin(), pairs.end());
  std::set<std::size_t> used;
  for (const auto& [gap, entry, id] : pairs) {
    REQUIRE(nearest() == gap);
    // An entry may equal another one in every word; then any of them will do.
    auto taken = std::find_if(entries.begin(), entries.end(), [&, &at = entry](const auto& one) {
      const auto& meant = expected.open[at];
      return one.receipt_no == meant.receipt_no && one.submitted_at == meant.submitted_at &&
             one.applicant == meant.applicant && one.procedure == meant.procedure && one.station == meant.station;
    });
    REQUIRE(taken != entries.end());
    entries.erase(taken);
    std::erase_if(applications, [&, &name = id](const auto* one) { return one->id == name; });
  }
  CHECK_FALSE(nearest());
  std::multiset<std::string> missed, unlisted;
  for (const auto& entry : entries) missed.insert(entry.receipt_no);
  for (const auto* const one : applications) unlisted.insert(one->id);
  CHECK(numbers(made, "missed") == missed);
  CHECK(numbers(made, "unlisted", "id") == unlisted);
}

}  // namespace

TEST_SUITE("day_check") {
  TEST_CASE("every row of every list ends in exactly one class, as a plain model of the rules has it") {
    const auto start = chosen_seed();
    for (std::uint32_t round = 0; round < 60; ++round) {
      const auto seed = start + round;
      CAPTURE(seed);
      maker make(seed);
      const auto all = make.made();
      book_of made(all);
      const auto day_record = checked(made);
      const model expected(all);
      const auto count = [&](std::string_view array) { return day_record[array].items().size(); };
      CHECK(day_record["entries"].integer() == static_cast<std::int64_t>(expected.rows));
      CHECK(day_record["repeated"].integer() == static_cast<std::int64_t>(expected.repeated));
      CHECK(day_record["matched"].integer() == static_cast<std::int64_t>(expected.matched));
      CHECK(numbers(day_record, "elsewhere") == expected.elsewhere);
      CHECK(expected.rows ==
            expected.matched + expected.repeated + count("missed") + count("probable") + count("elsewhere"));
      check_pairs(expected, day_record);
      CHECK_FALSE(day_record["cut"]);
    }
  }

  TEST_CASE("neither the order of arrival in the ledger nor that of the lists makes a difference") {
    const auto start = chosen_seed();
    for (std::uint32_t round = 0; round < 30; ++round) {
      const auto seed = start + round;
      CAPTURE(seed);
      maker make(seed);
      const auto all = make.made();
      auto turned = all;
      std::shuffle(turned.applications.begin(), turned.applications.end(), make.random());
      std::shuffle(turned.lists.begin(), turned.lists.end(), make.random());
      // Of two rows for one number the later tells the details, so rows may only change places where there is one.
      for (auto& list : turned.lists) {
        std::set<std::string> seen;
        const bool single = std::all_of(list.entries.begin(), list.entries.end(), [&](const auto& entry) {
          return entry.receipt_no.empty() || seen.insert(model::plain(entry.receipt_no)).second;
        });
        if (single) std::shuffle(list.entries.begin(), list.entries.end(), make.random());
      }
      book_of straight(all), shuffled(turned), given(turned, false);
      const auto first = checked(straight);
      CHECK(first.original() == checked(shuffled).original());
      CHECK(first.original() == checked(given, turned.lists).original());
    }
  }

  TEST_CASE("a second run writes nothing more, and finds the same but for the doubts that were answered") {
    const auto start = chosen_seed();
    for (std::uint32_t round = 0; round < 20; ++round) {
      const auto seed = start + round;
      CAPTURE(seed);
      maker make(seed);
      book_of made(make.made());
      const auto first = checked(made);
      const auto reconciled = made.events("reconciled"), acted = made.events("acted");
      std::size_t cleared = 0;
      first["doubts"].each([&](value one) { cleared += one["cleared"].boolean(); });
      CHECK(reconciled == 1);
      CHECK(acted == cleared);
      const auto second = checked(made);
      CHECK(made.events("reconciled") == reconciled);
      CHECK(made.events("acted") == acted);
      for (const auto* const same :
           {"entries", "repeated", "matched", "missed", "unlisted", "duplicates", "probable", "elsewhere", "actions"})
        CHECK(first[same].json() == second[same].json());
      CHECK(made.book.check().empty());
    }
  }

  TEST_CASE("a doubt that lists of two days answer is settled once") {
    world all;
    all.applications = {{"m-1", "R-1", "架空 太郎", "見本届", "架空中央警察署",
                         parse_rfc3339("2026-11-17T09:00:00+09:00")->seconds, true, ""}};
    all.lists = {{"m-l", "2026-11-18T06:00:00+09:00", {{"R-1", "", "見本届", "中央署", "架空 太郎"}}}};
    book_of made(all);
    auto other = all.lists[0].record_text();
    other.replace(other.find("m-l"), 3, "m-k");
    other.replace(other.find("2026-11-17"), 10, "2026-11-18");
    made.book.record(record(other), "test");
    day_check check(made.book, rule(), desk(), noon_of_20th, "test");
    CHECK(told(check.check(day).line)["doubts"].json() == R"([{"id":"m-1","receipt_no":"R-1","cleared":true}])");
    CHECK(told(check.check(add_days(day, 1)).line)["doubts"].json() == "[]");
    check.write_events();
    CHECK(made.events("acted") == 1);
    CHECK(made.events("reconciled") == 2);
  }

  TEST_CASE("a number counts as the latest judgement reads it, on whatever day its application came") {
    world all;
    const auto submitted = parse_rfc3339("2025-03-01T09:00:00+09:00")->seconds;
    all.applications = {{"m-1", "R-1", "架空 太郎", "見本届", "架空中央警察署", submitted, false, "R-2"}};
    all.lists = {{"m-l", "2026-11-18T06:00:00+09:00", {{"R-1", "", "", "", ""}, {"R-2", "", "", "", ""}}}};
    book_of made(all);
    const auto line = checked(made);
    CHECK(line["matched"].integer() == 1);
    CHECK(numbers(line, "missed") == std::multiset<std::string>{"R-2"});
  }

  TEST_CASE("a corrected list takes the place of those before it, unless it is in doubt itself") {
    world all;
    const auto at = parse_rfc3339("2026-11-17T09:00:00+09:00")->seconds;
    all.applications = {{"m-1", "R-1", "架空 太郎", "見本届", "中央署", at, false, ""},
                        {"m-2", "R-2", "見本 花子", "見本届", "中央署", at, false, ""}};
    all.lists = {{"m-l1",
                  "2026-11-18T06:00:00+09:00",
                  {{"R-1", "", "", "", ""}, {"R-2", "", "", "", ""}, {"R-9", "", "", "", ""}}},
                 {"m-l2", "2026-11-18T07:00:00+09:00", {{"R-1", "", "", "", ""}, {"R-3", "", "", "", ""}}}};
    const auto with = [&](const std::string& members) {
      book_of made(all, false);
      day_check check(made.book, rule(), desk(), noon_of_20th, "test");
      check.use_given_lists();
      for (const auto& list : all.lists) {
        auto text = list.record_text();
        if (list.id == "m-l2") text.insert(text.find("\"disposition\""), members);
        if (list.id == "m-l2") text.insert(text.find("\"entries\""), "\"corrected\":true,");
        check.add_list(record(text), parse_rfc3339(list.arrived)->seconds);
      }
      return told(check.check(day).line);
    };
    const auto made = with("");
    CHECK(made["lists"].json() == R"(["m-l1","m-l2"])");
    CHECK(made["replaced"].json() == R"(["m-l1"])");
    CHECK(made["entries"].integer() == 2);
    CHECK(made["matched"].integer() == 1);
    CHECK(numbers(made, "missed") == std::multiset<std::string>{"R-3"});
    CHECK(numbers(made, "withdrawn") == std::multiset<std::string>{"R-9"});
    CHECK(numbers(made, "unlisted") == std::multiset<std::string>{"R-2"});

    const auto doubtful = with(R"("findings":[{"code":"body.layout","severity":"warning","clause":"x"}],)");
    CHECK_FALSE(doubtful["replaced"]);
    CHECK(doubtful["matched"].integer() == 2);
    CHECK(numbers(doubtful, "missed") == std::multiset<std::string>{"R-3", "R-9"});
  }

  TEST_CASE("a million rows of one person and one minute are paired in the time of any others") {
    // Not timed: each against each would be 4 * 10^8 pairs, and the suite's own limit would end it.
    std::vector<list_entry> list;
    std::vector<received_application> came;
    for (int i = 0; i < 20'000; ++i) {
      list.push_back({"L-" + std::to_string(i), "2026-11-17T09:00:00+09:00", "見本届", "", "架空 太郎"});
      came.push_back({.id = "m-" + std::to_string(i),
                      .receipt_no = "A-" + std::to_string(i),
                      .procedure = "見本届",
                      .station = {},
                      .applicant = "架空 太郎",
                      .submitted = parse_rfc3339("2026-11-17T09:00:00+09:00")->seconds,
                      .of_day = true});
    }
    const auto made = reconcile({list}, came, {});
    CHECK(made.probable.size() == 20'000);
    CHECK(made.missed.empty());
    CHECK(made.unlisted.empty());
  }

  TEST_CASE("more entries than a record can hold are cut, and said to be") {
    world all;
    list_mail list{"m-l", "2026-11-18T06:00:00+09:00", {}};
    const std::string long_name(900, 'x');
    for (int i = 0; i < 30'000; ++i) list.entries.push_back({"R-" + std::to_string(i), "", "見本届", "", long_name});
    book_of made(all);
    const auto line = checked(made, {list});
    CHECK(line["cut"].boolean());
    CHECK(line["entries"].integer() == 30'000);
    CHECK(line["missed"].items().size() < 30'000);
    CHECK(line["missed"].items().size() > 20'000);
    std::string kept;
    made.book.each_event({.from = {}, .before = {}, .kind = "reconciled", .subject = {}}, [&](const event& what) {
      kept = what.payload;
      CHECK(what.facts.find("\"missed\":30000") != std::string::npos);
      return true;
    });
    CHECK(kept.size() < limits::reconcile_kept_bytes);
    CHECK(told(kept)["cut"].boolean());
  }
}
