#include "libintake/ledger.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>

#include "ledger_sample.hpp"

using namespace ledger_sample;

TEST_SUITE("ledger") {
  TEST_CASE("a ledger is made with mode 0600 and found again") {
    const folder dir;
    fill(dir / "l.db", key());
    struct stat status {};
    REQUIRE(::stat((dir / "l.db").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    const ledger again(dir / "l.db", mode::read, key());
    CHECK(again.sealed());
    CHECK(count_events(again) == 7);
    CHECK(again.check().empty());
  }

  TEST_CASE("a ledger that is to be read must exist") {
    const folder dir;
    CHECK(status_of([&] { ledger(dir / "l.db", mode::read, key()); }) == intake::exit_status::no_input);
    CHECK(!std::filesystem::exists(dir / "l.db"));
  }

  TEST_CASE("the same record adds nothing, whatever the times of its stages and the signatures of the scan") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, key());
    sample mail{.disposition = "accept"};
    CHECK(tell(it, mail.received()) == 1);
    CHECK(tell(it, mail.received()) == 0);
    CHECK(tell(it, mail.judged()) == 1);
    mail.database = "27001";
    CHECK(tell(it, mail.judged()) == 0);
    CHECK(tell(it, mail.exported()) == 1);
    CHECK(tell(it, mail.exported()) == 0);
    CHECK(count_events(it) == 3);
  }

  TEST_CASE("a judgement that returns to an older one is an event, because the latest counts") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, key());
    sample mail;
    tell(it, mail.judged());
    mail.disposition = "accept";
    CHECK(tell(it, mail.judged()) == 1);
    CHECK(it.find(id_of(1))->disposition == "accept");
    mail.disposition = "confirm";
    CHECK(tell(it, mail.judged()) == 1);
    CHECK(it.find(id_of(1))->disposition == "confirm");
    CHECK(tell(it, mail.judged()) == 0);
  }

  TEST_CASE("while a snapshot lives, what others write is not seen, and after it is") {
    const folder dir;
    ledger writer(dir / "l.db", mode::write, key());
    sample mail;
    tell(writer, mail.judged());
    const ledger reader(dir / "l.db", mode::read, key());
    {
      const ledger::snapshot view(reader);
      CHECK(reader.known(id_of(1)));
      sample later{.n = 2, .uid = "8"};
      CHECK(tell(writer, later.judged()) == 1);
      CHECK(!reader.known(id_of(2)));
    }
    CHECK(reader.known(id_of(2)));
  }

  TEST_CASE("receipt numbers have one key in every way of writing them, and none for white space") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, key());
    const ledger::receipt_keys keys(it);
    const auto told = keys.of("r-20261117-0001");
    CHECK(keys.of(" Ｒ－２０２６１１１７　0001") != told);
    CHECK(keys.of("Ｒ-２０２６１１１７-0001 ") == told);
    CHECK(keys.of("R-20261117-0002") != told);
    CHECK(keys.of("") == intake::receipt_key{});
    CHECK(keys.of(" \t　") == intake::receipt_key{});
    sample mail{.receipt_no = "R-20261117-0001"};
    tell(it, mail.judged());
    CHECK(it.applications_with({told}).size() == 1);
    CHECK(it.applications_with({keys.of("R-20261117-0002")}).empty());
    const ledger unread(dir / "l.db", mode::inspect, no_key());
    CHECK(status_of([&] { (void)ledger::receipt_keys(unread); }) == intake::exit_status::config);
  }

  TEST_CASE("received bytes, texts and headers never enter the ledger") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, key());
    const sample mail{.disposition = "accept"};
    tell(it, mail.received());
    tell(it, mail.judged());
    tell(it, mail.exported());
    it.each_event({}, [&](const intake::event& each) {
      for (const auto* bytes : {"UkFX", "RklMRQ==", "UERG", "本文の秘密", "ヘッダ"})
        CHECK(each.payload.find(bytes) == std::string::npos);
      CHECK_NOTHROW(record(each.payload));
      return true;
    });
  }

  TEST_CASE("nothing personal stands in the file in the clear") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, key());
    tell(it, sample{.disposition = "accept"}.received());
    tell(it, sample{.disposition = "accept"}.judged());
    it.act(id_of(1), "noted", "", "見本 花子と話した", "tanaka");
    const auto bytes = all_bytes(dir / "l.db") + all_bytes(dir / "l.db-wal");
    REQUIRE(bytes.find(id_of(1)) != std::string::npos);
    for (const auto* word : {"架空", "見本", "R-1", "申請", "proc.example", "手続サイト", "a@example.jp"})
      CHECK_MESSAGE(bytes.find(word) == std::string::npos, word);
    CHECK(it.find(id_of(1))->payload.find("架空 太郎") != std::string::npos);
  }

  TEST_CASE("finished is judged, and exported or not to be exported") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, key());
    const auto known = [&](int n) { return it.finished(id_of(n)); };
    const sample good{.n = 1, .disposition = "accept", .uid = "1"}, doubtful{.n = 2, .uid = "2"};
    const sample list{.n = 3, .disposition = "list", .kind = "list", .uid = "3"};
    tell(it, good.received());
    CHECK_FALSE(known(1));
    tell(it, good.judged());
    CHECK_FALSE(known(1));
    tell(it, good.exported());
    CHECK(known(1));
    tell(it, doubtful.judged());
    CHECK(known(2));
    tell(it, list.judged());
    CHECK(known(3));
    CHECK_FALSE(known(4));
    CHECK_FALSE(it.known(id_of(4)));
  }

  TEST_CASE("a record that no judge has seen is only received, whatever disposition it claims") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, key());
    tell(it, record(sample{}.judged_text() + "}"));
    CHECK(it.find(id_of(1))->state == "received");
    CHECK_FALSE(it.finished(id_of(1)));
  }

  TEST_CASE("a clearance makes a message unfinished until it is exported, and a different judgement voids it") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, key());
    sample mail;
    tell(it, mail.judged());
    it.act(id_of(1), "cleared", "", "", "tanaka");
    CHECK(it.cleared() == std::set<std::string>{id_of(1)});
    CHECK_FALSE(it.finished(id_of(1)));
    tell(it, mail.judged());
    CHECK(it.cleared().size() == 1);
    SUBCASE("exported") {
      tell(it, mail.exported());
      CHECK(it.finished(id_of(1)));
    }
    SUBCASE("held again") {
      it.act(id_of(1), "held", "", "", "tanaka");
      CHECK(it.cleared().empty());
      CHECK(it.finished(id_of(1)));
    }
    SUBCASE("judged differently, and back") {
      const auto before = mail;
      mail.codes = R"({"code":"macro.vba"})";
      tell(it, mail.judged());
      CHECK(it.cleared().empty());
      CHECK(it.finished(id_of(1)));
      tell(it, before.judged());
      CHECK(it.cleared().size() == 1);
    }
    CHECK(it.check().empty());
  }

  TEST_CASE("what holds malware cannot be cleared, nor what was not judged") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, key());
    sample mail{.disposition = "return", .codes = R"({"code":"malware.found"})"};
    tell(it, mail.received());
    CHECK(status_of([&] { it.act(id_of(1), "cleared", "", "", "t"); }) == intake::exit_status::usage);
    tell(it, mail.judged());
    CHECK(status_of([&] { it.act(id_of(1), "cleared", "", "", "t"); }) == intake::exit_status::usage);
    CHECK(it.cleared().empty());
  }

  TEST_CASE("acts are checked against their table") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, key());
    tell(it, sample{}.judged());
    CHECK(status_of([&] { it.act(id_of(1), "danced", "", "", "t"); }) == intake::exit_status::usage);
    CHECK(status_of([&] { it.act(id_of(1), "sent", "", "", "t"); }) == intake::exit_status::usage);
    CHECK(status_of([&] { it.act(id_of(1), "telephoned", "tell_fee", "", "t"); }) == intake::exit_status::usage);
    CHECK(status_of([&] { it.act(id_of(9), "telephoned", "", "", "t"); }) == intake::exit_status::no_input);
    CHECK(count_events(it) == 1);
  }

  TEST_CASE("actions are open until a clerk settles them, and stay settled when the same judgement comes again") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, key());
    sample mail{.actions = R"({"do":"phone_confirm"},{"do":"ask_resubmit"},{"do":"burn_the_evidence"})"};
    tell(it, mail.judged());
    auto open = it.find(id_of(1))->open;
    REQUIRE(open.size() == 2);
    CHECK(open[0].action == "ask_resubmit");
    CHECK(intake::to_string(open[0].due) == "2026-11-24");
    it.act(id_of(1), "telephoned", "", "", "tanaka");
    it.act(id_of(1), "sent", "ask_resubmit", "", "tanaka");
    CHECK(it.find(id_of(1))->open.empty());
    tell(it, mail.judged());
    CHECK(it.find(id_of(1))->open.empty());
    mail.codes = R"({"code":"macro.vba"})";
    tell(it, mail.judged());
    CHECK(it.find(id_of(1))->open.size() == 2);
    CHECK(it.check().empty());
  }

  TEST_CASE("a saved copy is open until its deletion is told") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, key());
    tell(it, sample{.disposition = "accept", .actions = ""}.judged());
    it.act(id_of(1), "saved-copy", "", "", "tanaka");
    REQUIRE(it.open_items().size() == 1);
    CHECK(it.open_items()[0].what.action == "delete_copy");
    it.act(id_of(1), "deleted-copy", "", "", "tanaka");
    CHECK(it.open_items().empty());
    it.act(id_of(1), "saved-copy", "", "", "tanaka");
    CHECK(it.open_items().size() == 1);
    CHECK(it.check().empty());
  }

  TEST_CASE("finished UIDs are ranges, joined and split as messages finish and are cleared") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, key());
    const intake::message_source inbox{"imap", "chuo", "INBOX", "1", ""};
    const auto text = [&] {
      std::string out;
      for (const auto& range : it.finished_uids(inbox))
        out += std::to_string(range.first) + "-" + std::to_string(range.last) + " ";
      return out;
    };
    for (const int n : {3, 1, 5, 2, 4}) tell(it, sample{.n = n, .uid = std::to_string(n)}.judged());
    CHECK(text() == "1-5 ");
    it.act(id_of(3), "cleared", "", "", "t");
    CHECK(text() == "1-2 4-5 ");
    it.act(id_of(1), "cleared", "", "", "t");
    it.act(id_of(5), "cleared", "", "", "t");
    CHECK(text() == "2-2 4-4 ");
    it.act(id_of(3), "held", "", "", "t");
    CHECK(text() == "2-4 ");
    CHECK(it.finished({"imap", "chuo", "INBOX", "1", "2"}));
    CHECK_FALSE(it.finished({"imap", "chuo", "INBOX", "1", "1"}));
    CHECK_FALSE(it.finished({"imap", "chuo", "INBOX", "2", "2"}));
    CHECK(it.finished_uids({"imap", "chuo", "INBOX", "2", ""}).empty());
    CHECK(it.check().empty());
  }

  TEST_CASE("a known message in another place is noted once and not counted again") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, key());
    tell(it, sample{}.judged());
    const intake::message_source moved{"imap", "chuo", "INBOX", "99", "1"};
    const intake::message_source file{"maildir", "chuo", "", "", "new/架空太郎.eml"};
    CHECK(it.note_source(id_of(1), moved, "intake-fetch"));
    CHECK_FALSE(it.note_source(id_of(1), moved, "intake-fetch"));
    CHECK(it.note_source(id_of(1), file, "intake-fetch"));
    CHECK(it.finished(moved));
    CHECK(it.finished(file));
    CHECK_FALSE(it.finished({"maildir", "chuo", "", "", "new/other.eml"}));
    CHECK((all_bytes(dir / "l.db") + all_bytes(dir / "l.db-wal")).find("架空") == std::string::npos);
    CHECK(it.check().empty());
  }

  TEST_CASE("failed checks are counted back to the last good one") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, key());
    CHECK(it.failed_checks("chuo") == 0);
    it.note_check("chuo", 0, "refused", "intake-fetch");
    it.note_check("chuo", 0, "", "intake-fetch");
    it.note_check("chuo", 0, "refused", "intake-fetch");
    it.note_check("higashi", 0, "", "intake-fetch");
    it.note_check("chuo", 0, "refused", "intake-fetch", "report_fault");
    CHECK(it.failed_checks("chuo") == 2);
    CHECK(it.failed_checks("higashi") == 0);
    REQUIRE(it.open_items().size() == 1);
    CHECK(it.open_items()[0].subject == "account:chuo");
    it.act("account:chuo", "sent", "report_fault", "", "tanaka");
    CHECK(it.open_items().empty());
  }

  TEST_CASE("messages are found by day, receipt number, person, state and open actions") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, key());
    tell(it, sample{.n = 1, .disposition = "accept", .receipt_no = "R-1", .actions = ""}.judged());
    tell(it, sample{.n = 2, .receipt_no = "R-2", .applicant = "見本 花子"}.judged());
    record list(R"({"intake":1,"id":")" + id_of(3) +
                R"(","kind":"list","disposition":"list","handling_day":"2026-11-25",)" +
                R"("list":{"entries":[{"receipt_no":"R-2"}]},"stages":{"verify":{}}})");
    tell(it, list);
    tell(it, sample{.n = 4}.received());
    const auto ids = [&](const intake::message_filter& filter) {
      std::string out;
      it.each_message(filter, [&](const intake::message_entry& entry) {
        out += entry.id.back();
        return true;
      });
      return out;
    };
    const auto day = [](const char* text) { return intake::parse_iso_date(text); };
    CHECK(ids({}) == "1243");
    CHECK(ids({.from = day("2026-11-25")}) == "3");
    CHECK(ids({.from = day("2026-11-24"), .to = day("2026-11-24")}) == "124");
    CHECK(ids({.receipt_no = "R-2"}) == "23");
    CHECK(ids({.receipt_no = "R-2", .disposition = "list"}) == "3");
    CHECK(ids({.receipt_no = "R-9"}).empty());
    CHECK(ids({.applicant = "見本花子"}) == "2");
    CHECK(ids({.sender = "noreply@proc.example.go.jp"}) == "12");
    CHECK(ids({.message_id = "<a@example.jp>"}) == "12");
    CHECK(ids({.receipt_no = "R-1", .applicant = "見本花子"}).empty());
    CHECK(ids({.id = id_of(2)}) == "2");
    CHECK(ids({.state = "unfinished"}) == "14");
    CHECK(ids({.state = "received"}) == "4");
    CHECK(ids({.state = "finished"}) == "23");
    CHECK(ids({.disposition = "confirm"}) == "2");
    CHECK(ids({.open_actions = true}) == "2");
    CHECK(ids({.overdue = day("2026-11-24")}).empty());
    CHECK(ids({.overdue = day("2026-11-25")}) == "124");
    // A value of the attacker's is data, never SQL.
    CHECK(ids({.receipt_no = "' OR 1=1 --"}).empty());
  }

  TEST_CASE("a person names a message by the beginning of its id or by its receipt number") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, key());
    tell(it, record(R"({"intake":1,"id":"m-abcdef01","kind":"application","application":{"receipt_no":"R-1"},)"
                    R"("disposition":"accept","stages":{"verify":{}}})"));
    tell(it, record(R"({"intake":1,"id":"m-abcdef02","kind":"application","application":{"receipt_no":"abcdef01"},)"
                    R"("disposition":"accept","stages":{"verify":{}}})"));
    CHECK(it.resolve("m-abcdef01") == "m-abcdef01");
    CHECK(it.resolve("abcdef02") == "m-abcdef02");
    CHECK(it.resolve("ｒ－１") == "m-abcdef01");
    CHECK(status_of([&] { (void)it.resolve("m-abcdef0"); }) == intake::exit_status::usage);
    CHECK(status_of([&] { (void)it.resolve("abcdef01"); }) == intake::exit_status::usage);
    CHECK(status_of([&] { (void)it.resolve("m-abc"); }) == intake::exit_status::no_input);
    CHECK(status_of([&] { (void)it.resolve("m-abcde%"); }) == intake::exit_status::no_input);
    CHECK(status_of([&] { (void)it.resolve(""); }) == intake::exit_status::no_input);
  }

  TEST_CASE("events are walked through by time, kind and subject") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, key());
    for (int n = 1; n <= 3; ++n) {
      intake::event what;
      what.subject = "day:2026-11-1" + std::to_string(n);
      what.kind = "reconciled";
      what.actor = "intake-reconcile";
      what.facts = R"({"actions":["report_list_missing"],"due":"2026-11-20"})";
      what.payload = R"({"intake":1,"id":"x","missed":[{"applicant":"架空 太郎"}]})";
      what.at = {1'000'000 + n, 540};
      CHECK(it.append(what));
      CHECK_FALSE(it.append(what));
    }
    it.note_check("chuo", 0, "", "intake-fetch");
    const auto count = [&](const intake::event_filter& filter) {
      int seen = 0;
      it.each_event(filter, [&](const intake::event& each) {
        if (each.kind == "reconciled") CHECK(each.payload.find("架空") != std::string::npos);
        return ++seen > 0;
      });
      return seen;
    };
    CHECK(count({}) == 4);
    CHECK(count({.from = 1'000'002, .before = 1'000'003}) == 1);
    CHECK(count({.kind = "reconciled"}) == 3);
    CHECK(count({.kind = "checked", .subject = "account:chuo"}) == 1);
    CHECK(count({.from = 1'000'002, .before = 1'000'004, .kind = "checked"}) == 0);
    CHECK(it.open_items().size() == 3);
    CHECK(intake::to_string(it.open_items()[0].what.due) == "2026-11-20");
  }

  TEST_CASE("a day that is reconciled anew keeps only the actions of the latest") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, key());
    intake::event what;
    what.subject = "day:2026-11-17";
    what.kind = "reconciled";
    what.actor = "intake-reconcile";
    what.facts = R"({"list":"missing","actions":["report_list_missing"]})";
    it.append(what);
    CHECK(it.open_items().size() == 1);
    what.facts = R"({"list":"late","actions":[]})";
    it.append(what);
    CHECK(it.open_items().empty());
    CHECK(it.check().empty());
  }

  TEST_CASE("erasing a message takes away all that is personal and leaves the chain whole") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, key());
    for (int n = 1; n <= 2; ++n) {
      const sample mail{
          .n = n, .disposition = "accept", .receipt_no = "R-" + std::to_string(n), .uid = std::to_string(n)};
      tell(it, mail.judged());
      tell(it, mail.exported());
    }
    const auto head = it.head();
    CHECK(it.erase(id_of(1), "tanaka", "保存期間満了"));
    CHECK_FALSE(it.erase(id_of(1), "tanaka", ""));
    CHECK_FALSE(it.erase(id_of(9), "tanaka", ""));
    CHECK(it.find(id_of(1))->erased);
    CHECK(it.find(id_of(1))->payload.empty());
    CHECK(it.finished(id_of(1)));
    CHECK_FALSE(it.receipt_seen_elsewhere("R-1", id_of(9)));
    CHECK(it.receipt_seen_elsewhere("R-2", id_of(9)));
    it.each_event({.subject = id_of(1)}, [&](const intake::event& each) {
      CHECK(each.payload.empty());
      CHECK(each.erased);
      return true;
    });
    CHECK(it.check({head}).empty());
    SUBCASE("a second run over it brings nothing back") {
      tell(it, sample{.n = 1, .disposition = "confirm", .uid = "1"}.judged());
      CHECK(it.find(id_of(1))->payload.empty());
      CHECK(tell(it, sample{.n = 1, .disposition = "confirm", .uid = "1"}.judged()) == 0);
      CHECK_FALSE(it.receipt_seen_elsewhere("R-1", id_of(9)));
      CHECK(it.check({head}).empty());
    }
  }

  TEST_CASE("erasing works without a ledger key too") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, no_key());
    CHECK_FALSE(it.sealed());
    tell(it, sample{}.judged());
    CHECK(it.find(id_of(1))->payload.find("架空") != std::string::npos);
    CHECK(it.erase(id_of(1), "tanaka", ""));
    CHECK(it.find(id_of(1))->payload.empty());
    CHECK(it.check().empty());
  }

  TEST_CASE("the key is asked for, and the wrong one told apart from none") {
    const folder dir;
    fill(dir / "sealed.db", key());
    fill(dir / "plain.db", no_key());
    const auto open = [&](const char* name, mode how, secret with) {
      return status_of([&] { const ledger it(dir / name, how, with); });
    };
    CHECK(open("sealed.db", mode::write, key('x')) == intake::exit_status::no_permission);
    CHECK(open("sealed.db", mode::read, key('x')) == intake::exit_status::no_permission);
    CHECK(open("sealed.db", mode::read, no_key()) == intake::exit_status::config);
    CHECK(open("sealed.db", mode::read, secret(std::string_view("short"))) == intake::exit_status::config);
    CHECK(open("sealed.db", mode::inspect, no_key()) == intake::exit_status::ok);
    CHECK(open("plain.db", mode::read, key()) == intake::exit_status::config);
    CHECK(open("plain.db", mode::read, no_key()) == intake::exit_status::ok);
    const ledger seen(dir / "sealed.db", mode::inspect, no_key());
    CHECK(seen.check().empty());
    CHECK(seen.finished(id_of(1)));
    CHECK(seen.find(id_of(1))->payload.empty());
  }

  TEST_CASE("a ledger changes its key, and a plain one gets one") {
    const folder dir;
    for (const bool sealed : {true, false}) {
      const auto path = dir / (sealed ? "a.db" : "b.db");
      fill(path, sealed ? key() : no_key());
      ledger(path, mode::write, sealed ? key() : no_key()).rekey(key('n'), "tanaka");
      CHECK(status_of([&] { ledger(path, mode::read, sealed ? key() : no_key()); }) != intake::exit_status::ok);
      const ledger again(path, mode::read, key('n'));
      CHECK(again.sealed());
      CHECK(again.find(id_of(1))->payload.find("架空") != std::string::npos);
      CHECK(again.check().empty());
    }
  }

  TEST_CASE("a changed, removed, inserted or cut-off row shows") {
    const folder dir;
    const auto path = dir / "l.db";
    fill(path, key());
    const auto head = ledger(path, mode::read, key()).head();
    const std::string guards = "DROP TRIGGER events_keep; DROP TRIGGER events_stay;";
    const std::string guards_again =
        ";CREATE TRIGGER events_keep BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); "
        "END;"
        "CREATE TRIGGER events_stay BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); "
        "END;";
    const auto tampered = [&](const std::string& text, const std::vector<intake::ledger_head>& known = {}) {
      const auto copy = dir / "t.db";
      std::filesystem::copy_file(path, copy, std::filesystem::copy_options::overwrite_existing);
      sql(copy, guards + text + guards_again);
      INFO(text);
      CHECK_FALSE(ledger(copy, mode::read, key()).check(known).empty());
    };
    CHECK(ledger(path, mode::read, key()).check({head}).empty());
    for (const auto* change : {"at = at + 1", "zone = 0", "subject = 3 - subject", "kind = 'seen'", "actor = 'other'",
                               "facts = '{}'", "payload = zeroblob(length(payload))", "payload = NULL",
                               "digest = zeroblob(16)", "chain = zeroblob(32)", "sequence = 99"})
      for (const auto* which : {"1", "4"})
        tampered(std::string("UPDATE events SET ") + change + " WHERE sequence = " + which);
    // Two events change places, with and without what is theirs of the chain.
    const std::string swap =
        "UPDATE events SET sequence = -3 WHERE sequence = 3; UPDATE events SET sequence = 3 WHERE sequence = 4; "
        "UPDATE events SET sequence = 4 WHERE sequence = -3;";
    tampered(swap);
    tampered(swap +
             "CREATE TEMP TABLE c AS SELECT sequence, chain FROM events WHERE sequence IN (3, 4); UPDATE events SET "
             "chain = (SELECT chain FROM c WHERE c.sequence = 7 - events.sequence) WHERE sequence IN (3, 4);");
    // The tail is cut off, and the head of another ledger, or of this one when it ended there, is put in its place.
    const auto other = dir / "other.db";
    fill(other, key());
    tampered("ATTACH '" + other +
             "' AS other; UPDATE meta SET value = (SELECT value FROM other.meta WHERE name = 'head') "
             "WHERE name = 'head'; DETACH other;");
    tampered(
        "DELETE FROM events WHERE sequence > 5; UPDATE meta SET value = (SELECT substr(value, 1, 7) || x'05' || "
        "(SELECT chain FROM events WHERE sequence = 5) || substr(value, 41) FROM meta WHERE name = 'head') WHERE "
        "name = 'head';",
        {head});
    tampered("DELETE FROM events WHERE sequence = 3");
    tampered("DELETE FROM events WHERE sequence = 1");
    tampered("DELETE FROM events WHERE sequence = 7");
    tampered("DELETE FROM events");
    tampered(
        "INSERT INTO events SELECT 8, at, zone, subject, kind, actor, facts, payload, digest, chain FROM events "
        "WHERE sequence = 7");
    tampered("UPDATE subjects SET id = 'm-other' WHERE subject = 1");
    tampered("UPDATE subjects SET key = NULL WHERE subject = 1");
    tampered("UPDATE subjects SET key = (SELECT key FROM subjects WHERE subject = 2) WHERE subject = 1");
    tampered("INSERT INTO subjects VALUES (77, 'm-ghost', NULL)");
    tampered("UPDATE meta SET value = zeroblob(72) WHERE name = 'head'");
    tampered("DELETE FROM meta WHERE name = 'head'");
    tampered("UPDATE meta SET value = 'other' WHERE name = 'ledger'");
    for (const auto* change :
         {"messages SET finished = 1 - finished", "messages SET day = day + 1", "messages SET disposition = 'accept'",
          "messages SET cleared = judged", "sources SET subject = 1", "ranges SET last = last + 1",
          "items SET settled = 0", "lookups SET subject = subject + 10", "mailboxes SET uidvalidity = '2'"})
      tampered(std::string("UPDATE ") + change);
    tampered("DELETE FROM lookups");
    tampered("DROP INDEX events_at");
    // A guard that was taken away and not put back.
    const auto copy = dir / "g.db";
    std::filesystem::copy_file(path, copy);
    sql(copy, "DROP TRIGGER events_keep");
    CHECK_FALSE(ledger(copy, mode::read, key()).check().empty());
  }

  TEST_CASE("a tail that was cut off together with its recorded head shows against a head carried away") {
    const folder dir;
    const auto path = dir / "l.db", older = dir / "old.db";
    {
      ledger it(path, mode::write, key());
      tell(it, sample{}.judged());
      it.backup(older, "tanaka");
      tell(it, sample{.n = 2}.judged());
    }
    const auto head = ledger(path, mode::read, key()).head();
    CHECK(ledger(older, mode::read, key()).check().empty());
    CHECK_FALSE(ledger(older, mode::read, key()).check({head}).empty());
    CHECK_FALSE(ledger(path, mode::read, key()).check({{1, std::string(64, '0')}}).empty());
  }

  TEST_CASE("nothing is added after an end that is not the recorded one, so that its trace stays") {
    const folder dir;
    fill(dir / "l.db", key());
    sql(dir / "l.db", "DROP TRIGGER events_stay; DELETE FROM events WHERE sequence = 7");
    ledger it(dir / "l.db", mode::write, key());
    CHECK(status_of([&] { it.note_check("chuo", 0, "", "intake-fetch"); }) == intake::exit_status::config);
    CHECK_FALSE(it.check().empty());
  }

  TEST_CASE("events cannot be changed or removed by mistake") {
    const folder dir;
    fill(dir / "l.db", key());
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open((dir / "l.db").c_str(), &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, "UPDATE events SET actor = 'x'", nullptr, nullptr, nullptr) != SQLITE_OK);
    CHECK(sqlite3_exec(db, "DELETE FROM events", nullptr, nullptr, nullptr) != SQLITE_OK);
    sqlite3_close(db);
  }

  TEST_CASE("several processes make and fill one ledger at once, and every event is there once") {
    const folder dir;
    const auto path = dir / "l.db";
    std::vector<pid_t> children;
    for (int child = 0; child < 4; ++child) {
      const auto pid = ::fork();
      REQUIRE(pid >= 0);
      if (pid == 0) {
        int failed = 1;
        try {
          ledger it(path, mode::write, key());
          // Each tells its own messages, and all tell the first five.
          for (int n = 0; n < 20; ++n)
            tell(it, sample{.n = n < 5 ? n : 100 * child + n, .uid = std::to_string(n + 1)}.received());
          failed = 0;
        } catch (const std::exception&) {
        }
        ::_exit(failed);
      }
      children.push_back(pid);
    }
    for (const auto pid : children) {
      int status = -1;
      ::waitpid(pid, &status, 0);
      CHECK(status == 0);
    }
    const ledger it(path, mode::read, key());
    CHECK(count_events(it) == 5 + 4 * 15);
    CHECK(it.check().empty());
  }

  TEST_CASE("a batch is one transaction: taken back when it is not committed, and whole when it is") {
    const folder dir;
    ledger it(dir / "l.db", mode::write, key());
    {
      ledger::batch some(it);
      for (int n = 1; n <= 3; ++n) tell(it, sample{.n = n}.received());
    }
    CHECK(count_events(it) == 0);
    {
      ledger::batch some(it);
      for (int n = 1; n <= 3; ++n) tell(it, sample{.n = n}.received());
      some.commit();
    }
    CHECK(count_events(it) == 3);
    CHECK(it.check().empty());
  }

  TEST_CASE("without room the failure is told, and the ledger keeps what it had told to be there") {
    const folder dir;
    const auto path = dir / "l.db";
    const auto pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
      const rlimit small{300'000, 300'000};
      std::signal(SIGXFSZ, SIG_IGN);
      int outcome = 99;
      if (::setrlimit(RLIMIT_FSIZE, &small) == 0)
        outcome = static_cast<int>(status_of([&] {
          ledger it(path, mode::write, key());
          for (int n = 0; n < 5000; ++n) {
            tell(it, sample{.n = n}.received());
            std::ofstream(dir / "told") << n + 1;
          }
        }));
      ::_exit(outcome);
    }
    int status = -1;
    ::waitpid(pid, &status, 0);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == static_cast<int>(intake::exit_status::io));
    ledger it(path, mode::write, key());
    CHECK(count_events(it) >= std::stoi(all_bytes(dir / "told")));
    CHECK(it.check().empty());
    CHECK(tell(it, sample{.n = 6000}.received()) == 1);
  }

  TEST_CASE("a backup is one private file, is never written over another, and carries the head") {
    const folder dir;
    fill(dir / "l.db", key());
    ledger it(dir / "l.db", mode::write, key());
    const auto head = it.backup(dir / "copy.db", "tanaka");
    CHECK(intake::ledger_head::parse(head.text())->chain == head.chain);
    CHECK(status_of([&] { it.backup(dir / "copy.db", "tanaka"); }) == intake::exit_status::cant_create);
    CHECK(status_of([&] { it.backup(dir / "none/copy.db", "tanaka"); }) == intake::exit_status::cant_create);
    CHECK_FALSE(std::filesystem::exists(dir / "copy.db-wal"));
    const ledger copy(dir / "copy.db", mode::read, key());
    CHECK(copy.head().chain == head.chain);
    CHECK(copy.check({head}).empty());
    CHECK(copy.find(id_of(1))->payload == it.find(id_of(1))->payload);
    CHECK(it.check({head}).empty());
  }

  TEST_CASE("a head reads back what it writes and nothing else") {
    CHECK(intake::ledger_head::parse("12:" + std::string(64, 'a'))->sequence == 12);
    for (const auto* bad : {"", ":", "12", "x:aa", "12:aa", "-1:aaaa"}) CHECK_FALSE(intake::ledger_head::parse(bad));
    CHECK_FALSE(intake::ledger_head::parse("12:" + std::string(64, 'A')));
    CHECK_FALSE(intake::ledger_head::parse("1234567890123456789:" + std::string(64, 'a')));
  }
}
