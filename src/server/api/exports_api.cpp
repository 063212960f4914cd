#include "server/api/exports_api.hpp"

#include <fmt/core.h>

#include "server/api/answers.hpp"

namespace sallyport::server {

namespace {

constexpr std::size_t most_words = 400;
constexpr std::size_t part_bytes = 256 << 10;

ExportWords read_words(Fields& fields) {
    ExportWords words;
    const auto* sent = fields.object("words");
    if (sent == nullptr) return words;
    if (sent->size() > most_words) {
        fields.wrong("words", "too_long", fmt::format("There are {} words at most.", most_words));
        return words;
    }
    for (const auto& [name, value] : *sent) {
        if (name.size() > 80 || !value.is_string() || value.get_string().size() > 800)
            fields.wrong("words", "type", "Each word is a text of at most 200 characters.");
        else
            words.emplace(name, value.get_string());
    }
    return words;
}

/// The filters as they were sent, without what only pages a list.
std::string search_of(const Call& call) {
    std::string text;
    for (const auto& [name, value] : call.request.query)
        text += fmt::format("{}{}={}", text.empty() ? "" : "&", name, value);
    return text;
}

ExportOwner owner_of(const Call& call) {
    return {call.session->id, {call.session->account.rights, call.part}};
}

Answer<Reply> begin_export(Exports& exports, const Tree& departments, const Call& call) {
    Parameters parameters(call.request.query);
    ExportWish wish;
    wish.filter = read_event_filter(parameters, departments);
    wish.search = search_of(call);
    if (auto read = parameters.finish(); !read) return std::unexpected(read.error());
    if (auto allowed = check_event_filter(wish.filter, call); !allowed)
        return std::unexpected(allowed.error());
    const auto read = read_body(call, Sent::anything, [&](Fields& fields, std::vector<FieldError>&) {
        if (const auto format = fields.choice("format", {"csv", "xlsx", "pdf"}, Need::required))
            wish.format = *base::enum_from<ports::TableFormat>(*format);
        wish.words = read_words(fields);
        return true;
    });
    if (!read) return std::unexpected(read.error());
    return created_or_problem(exports.begin(std::move(wish), owner_of(call), call.actor()));
}

/// Hands a file on, part by part.
class Download {
  public:
    Download(Exports::File file, Workers& workers) : table_(std::move(file.table)), workers_(workers) {}

    void give_next(ports::HttpResponse::Give give) {
        Workers::Task task = [table = table_, at = at_, give] {
            const auto part = table->read(at, part_bytes);
            give(part ? *part : std::string());
        };
        at_ += part_bytes;
        if (workers_.post(task) == Workers::Taken::full) give({});
    }

  private:
    std::shared_ptr<const ports::TableFile> table_;
    Workers& workers_;
    std::uint64_t at_ = 0;
};

Answer<Reply> fetch_export(const Exports& exports, Workers& workers, const Call& call) {
    auto file = exports.file(call.id(), owner_of(call));
    if (!file) return std::unexpected(file.error());
    Reply reply;
    reply.headers = {{"Content-Disposition", fmt::format("attachment; filename=\"{}\"", file->name)}};
    Reply::Parts parts{std::string(file->type), file->table->size(), {}};
    auto download = std::make_shared<Download>(*std::move(file), workers);
    parts.next = [download](ports::HttpResponse::Give give) { download->give_next(std::move(give)); };
    reply.parts = std::move(parts);
    return reply;
}

}  // namespace

Operations export_operations(Exports& exports, const Tree& departments, Workers& workers) {
    const auto view = may(Function::events, Level::view);
    return {
        {"POST", "/events/exports", view, Body::object,
         at_once([&](Call& call) { return begin_export(exports, departments, call); })},
        {"GET", "/events/exports", view, Body::none,
         at_once([&](Call& call) -> Answer<Reply> { return ok(exports.list(owner_of(call))); })},
        {"GET", "/events/exports/{id}", view, Body::none,
         at_once([&](Call& call) { return ok_or_problem(exports.get(call.id(), owner_of(call))); })},
        {"DELETE", "/events/exports/{id}", view, Body::none,
         at_once([&](Call& call) { return nothing_or_problem(exports.remove(call.id(), owner_of(call))); })},
        {"GET", "/events/exports/{id}/file", view, Body::none,
         at_once([&](Call& call) { return fetch_export(exports, workers, call); })},
    };
}

}  // namespace sallyport::server
