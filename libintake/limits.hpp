// Every cap of the project, in one place. A cap that is crossed is always a named finding, never a silent cut.
// Units are in the names or beside them; limits that a profile or configuration may lower are marked "default".
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace intake::limits {

inline constexpr std::size_t kib = 1024;
inline constexpr std::size_t mib = 1024 * kib;

// Records (docs/record.md).
inline constexpr std::size_t record_bytes = 256 * mib;        ///< one line without its LF
inline constexpr std::size_t record_depth = 64;               ///< nesting of JSON values
inline constexpr std::size_t unusable_kept_bytes = 16 * mib;  ///< of an unusable line, carried in its error record
inline constexpr std::size_t raw_message_bytes = 128 * mib;   ///< a message that still fits a record as base64

// MIME (RFC 5322, 2045): crossing one is mail.limit.
inline constexpr std::size_t mime_depth = 50;
inline constexpr std::size_t mime_parts = 1000;
inline constexpr std::size_t mime_header_bytes = 256 * kib;   ///< one header section
inline constexpr std::size_t mime_header_fields = 1000;       ///< one header section
inline constexpr std::size_t mime_folded_lines = 200;         ///< of one field
inline constexpr std::size_t mime_parameters = 100;           ///< of one field
inline constexpr std::size_t mime_addresses = 1000;           ///< of one field
inline constexpr std::size_t mime_boundary_bytes = 200;       ///< RFC 2046 allows 70
inline constexpr std::size_t mime_delimiter_bytes = 4 * mib;  ///< lines of a message that begin like a part boundary
inline constexpr std::size_t mail_links = 1000;               ///< of one message
inline constexpr std::size_t mail_files = 2000;               ///< of one message, uuencoded ones in its text included
inline constexpr std::size_t mail_text_bytes = 4 * mib;       ///< text kept for judging, after decoding

// Archives (APPNOTE 6.3.9): crossing one is archive.limit.
inline constexpr std::size_t archive_members = 1000;
inline constexpr std::size_t archive_depth = 3;          ///< archives inside archives
inline constexpr std::size_t archive_bytes = 150 * mib;  ///< of all members of one attachment
inline constexpr std::size_t archive_ratio = 1000;       ///< unpacked : packed, once beyond archive_ratio_floor
inline constexpr std::size_t archive_ratio_floor = 10 * mib;
inline constexpr std::size_t archive_name_bytes = 1024;
inline constexpr std::size_t archive_passwords = 1000;
inline constexpr std::size_t archive_password_trials = 10000;  ///< key derivations for one attachment

// Scanning. Ours lie below the engine's, because the engine's may read as clean.
inline constexpr std::size_t scan_file_bytes = 150 * mib;
inline constexpr std::size_t scan_engine_file_bytes = 400 * mib;
inline constexpr std::size_t scan_engine_total_bytes = 800 * mib;
inline constexpr unsigned scan_engine_files = 20000;
inline constexpr unsigned scan_engine_recursion = 30;
inline constexpr std::chrono::seconds scan_time{60};    ///< default, for all files of one message
inline constexpr std::chrono::seconds scan_settled{2};  ///< a changed database that has not changed since is read anew
inline constexpr unsigned scan_batch_files = 32;        ///< after so many the engine has to find its test file again

// Looking into documents for active content: crossing one is scan.limit.
inline constexpr std::size_t container_entries = 20000;       ///< streams, storages, parts of one container
inline constexpr std::size_t container_depth = 32;            ///< storages inside storages
inline constexpr std::size_t active_depth = 4;                ///< documents inside documents
inline constexpr std::size_t active_part_bytes = 128 * mib;   ///< one part, unpacked
inline constexpr std::size_t active_total_bytes = 256 * mib;  ///< all parts of one file, nested ones included
inline constexpr std::size_t active_nested = 1000;            ///< documents inside one file
inline constexpr std::size_t active_reports = 40;  ///< findings about one file; more add nothing for a reader
inline constexpr std::size_t active_pdf_objects = 1'000'000;
inline constexpr std::size_t active_pdf_depth = 500;  ///< direct objects inside direct objects

// Rendering.
inline constexpr unsigned render_pages = 2000;  ///< of one document
inline constexpr unsigned render_page_pixels_side = 10000;
inline constexpr std::size_t render_page_pixels = 60'000'000;
inline constexpr std::size_t render_text_boxes = 100000;          ///< of one page
inline constexpr std::size_t render_text_characters = 1'000'000;  ///< of one page
inline constexpr int render_page_length = 1'440'000;              ///< hundredths of a point; PDF allows no longer page
inline constexpr int render_text_slack = 100'000;  ///< hundredths of a point that a line may leave its page
inline constexpr std::size_t render_image_pixels = 300'000'000;  ///< of one picture, before it is scaled
inline constexpr std::size_t render_missing_characters = 1000;   ///< reported of one document
inline constexpr std::size_t render_source_bytes = 150 * mib;    ///< of one document before, and of an intermediate PDF
inline constexpr std::uint32_t unlock_rounds = 1'000'000;        ///< of a locked document's key; Office makes 100,000
inline constexpr std::chrono::seconds unlock_time{20};        ///< for trying passwords on the documents of one message
inline constexpr std::size_t vector_objects = 200'000;        ///< of one PDF whose pages are rebuilt
inline constexpr unsigned vector_depth = 24;                  ///< of resources within resources
inline constexpr std::size_t vector_stream_bytes = 96 * mib;  ///< one stream of it, unpacked
inline constexpr std::size_t vector_bytes = 256 * mib;        ///< all streams of it, unpacked
inline constexpr std::chrono::seconds ocr_page{60};           ///< for reading the text of one page
inline constexpr std::chrono::minutes ocr_document{10};       ///< for that of all pages of one document
inline constexpr std::size_t ocr_memory_bytes = 1536 * mib;   ///< of the process that reads it
inline constexpr std::size_t render_pdf_bytes = 96 * mib;     ///< of one finished PDF
inline constexpr int render_sheet_width = 480'000;        ///< hundredths of a point; a wider sheet is not shown whole
inline constexpr std::uint32_t render_notes = 1'000'000;  ///< comments, changes or sheets that one document tells of
inline constexpr std::chrono::seconds render_password_time{30};  ///< for trying passwords on one document
inline constexpr std::chrono::seconds render_time{120};          ///< default, for one document

// Judging.
inline constexpr std::size_t written_date_bytes = 160;   ///< a date in words; longer text is none
inline constexpr std::size_t field_bytes = 1000;         ///< one field of an application or of a list's entry
inline constexpr std::size_t body_exhibits = 8;          ///< examples shown in one finding
inline constexpr std::size_t body_exhibit_bytes = 120;   ///< of one example
inline constexpr std::size_t body_hosts = 64;            ///< distinct hosts looked at; the first unknown one is enough
inline constexpr std::size_t list_entries = 100'000;     ///< of one list mail: crossing it is mail.limit
inline constexpr std::size_t list_csv_bytes = 12 * mib;  ///< of one list file: crossing it is mail.limit
inline constexpr std::size_t list_csv_columns = 200;
inline constexpr std::size_t watch_remembered = 200'000;         ///< ids of messages that intake-fetch has handed over
inline constexpr std::size_t stream_memory_entries = 1'000'000;  ///< of one run of intake-verify
inline constexpr int reconcile_days_after = 20;  ///< days after its own on which an application may be handled
inline constexpr std::size_t reconcile_told_bytes = 24 * mib;  ///< of one array of a day's record; more is "cut"
inline constexpr std::size_t reconcile_kept_bytes = 16 * mib;  ///< of a day's record as the ledger keeps it
inline constexpr std::size_t reconcile_days = 32;              ///< days told together
inline constexpr std::size_t reconcile_batch = 1000;           ///< events written while others wait
inline constexpr int resubmission_days = 180;  ///< between an application that was turned back and the one made again
inline constexpr std::size_t linked_messages = 1000;  ///< of one applicant or receipt number that are looked at

// Reports.
inline constexpr int report_days = 400;  ///< of one report

// Mail servers.
inline constexpr std::size_t server_lines = 64 * mib;    ///< in answer to one command: the UIDs of millions of messages
inline constexpr std::size_t server_slowest = 16 * kib;  ///< bytes a second; slower is a server that hangs
inline constexpr std::size_t server_message = 4096 * mib;  ///< more is no message, but a server that does not end
inline constexpr std::size_t server_window = 100;          ///< messages asked for by one command
inline constexpr unsigned scram_iterations_least = 4096;   ///< RFC 7677: fewer is a server to whom nothing is proved
inline constexpr unsigned scram_iterations_most =
    10'000'000;                                          ///< seconds of work; more is a server that only costs time
inline constexpr unsigned watch_poll_seconds = 28 * 60;  ///< RFC 2177: an IDLE ends before 29 minutes
inline constexpr std::chrono::seconds watch_retry_first{1};
inline constexpr std::chrono::seconds watch_retry_most{300};
inline constexpr std::chrono::seconds watch_steady{60};  ///< a connection that held so long is tried again at once
inline constexpr std::chrono::minutes watch_note{15};    ///< between events of checks that found nothing
inline constexpr std::chrono::milliseconds follow_poll{
    1000};                                                  ///< between looks of intake-show --follow into the ledger
inline constexpr std::chrono::seconds follow_patience{60};  ///< a message not judged by then is shown all the same

// Secrets and configuration.
inline constexpr std::size_t secret_bytes = 256 * kib;     ///< one secret, or one list of passwords
inline constexpr std::chrono::seconds secret_command{30};  ///< for "command:" to answer
inline constexpr std::size_t toml_bytes = 4 * mib;         ///< configuration or profile

// What intake-show prints of a body.
inline constexpr std::size_t shown_lines = 200;

// Workers.
inline constexpr std::chrono::seconds worker_start{60};
inline constexpr std::chrono::seconds worker_line{60};                ///< default, for one line
inline constexpr std::chrono::milliseconds worker_per_mebibyte{500};  ///< added for each MiB of the line
inline constexpr unsigned worker_jobs = 64;
inline constexpr std::chrono::seconds renewal_look{1};  ///< between two looks whether signatures have changed

// Ledger.
inline constexpr std::size_t keeper_batch_bytes = 8 * mib;       ///< handled lines held back until they are durable
inline constexpr std::chrono::milliseconds ledger_busy{10'000};  ///< wait for another process that writes
inline constexpr std::size_t ledger_key_bytes = 32;              ///< least length of the key as it is read
inline constexpr std::size_t ledger_payload_bytes = 64 * mib;    ///< one event; the largest list fits
inline constexpr std::size_t ledger_faults = 20;                 ///< told by one check; the first are what counts

}  // namespace intake::limits
