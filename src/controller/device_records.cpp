// The stream of records with its window, and reading back.
#include <algorithm>

#include <fmt/core.h>

#include "base/log.hpp"
#include "codec/dhip/reader.hpp"
#include "codec/dhip/record_json.hpp"
#include "controller/device_service.hpp"
#include "controller/device_session.hpp"

namespace sallyport::controller {

namespace dhip = codec::dhip;
namespace json = boost::json;

namespace {

constexpr std::size_t manager_bytes = 64;
constexpr std::size_t window = 2'000;
constexpr std::int64_t read_limit = 1'000;
/// A database is older by a few generations, never by more; walking through them takes time.
constexpr std::uint32_t generations_ahead = 1'000;

enum class CardNumbers : std::uint8_t { shown, hidden };

json::array records_json(const Records& records, CardNumbers cards) {
    json::array all;
    all.reserve(records.size());
    for (const auto& record : records) {
        auto one = dhip::to_json(record);
        if (cards == CardNumbers::hidden) one.erase("card");
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace

void DeviceSession::attach(const Request& request) {
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    const std::string manager(params["manager"].text(manager_bytes));
    if (fault) return refuse(request, *fault);
    if (auto status = check_claimant(manager); !status) return refuse(request, status.error());
    auto from = service_.controller().cursor(manager).value_or(core::RecordPosition{1, 0});
    if (params["after"].present()) {
        const auto after = dhip::position_from(request.params.at("after"));
        if (!after) return refuse(request, after.error());
        from = *after;
    }
    const auto last = service_.controller().last();
    if (from > last && from.generation - last.generation > generations_ahead) {
        return refuse(request,
                      {base::ErrorKind::invalid, "invalid_parameter",
                       fmt::format("params.after: generation {} was never given here; the last is {}.",
                                   from.generation, last.generation)});
    }
    streaming_.reset();
    // The manager has more than there is here: this database was replaced by an older one. New records must
    // not take numbers that the manager knows for others.
    if (from > last) return continue_with_generation(request, manager, from.generation + 1);
    answer(request);
    begin_stream(manager, from);
}

void DeviceSession::begin_stream(const std::string& manager, core::RecordPosition from) {
    streaming_ = Stream{manager, RecordWalk(from), {}, false};
    doors_changed(service_.door_states());
    for (const auto& open : service_.controller().questions()) question(open);
    stream_records();
}

void DeviceSession::continue_with_generation(const Request& request, const std::string& manager,
                                             std::uint32_t generation) {
    auto& controller = service_.controller();
    auto prepare = [&controller, generation]() -> base::Result<PolicyChange> {
        const auto now = controller.now();
        PolicyChange change;
        change.write.generation = generation;
        auto& record = change.write.records.emplace_back();
        record.kind = core::RecordKind::restarted;
        record.at = now.utc;
        record.utc_offset_s = now.local.utc_offset_s;
        record.detail =
            core::written({core::DetailTerm::generation_began, {{core::DetailName::generation, generation}}});
        return change;
    };
    controller.change_policy(std::move(prepare),
                             while_open([this, request, manager, generation](const base::Status& status) {
                                 finish(request, status);
                                 if (status) begin_stream(manager, {generation, 0});
                             }));
}

void DeviceSession::stream_records() {
    if (!streaming_ || streaming_->reading || closed_) return;
    const auto last = service_.controller().last();
    if (streaming_->sent.at() >= last) return;
    const auto room = window - std::min(window, streaming_->unacknowledged.size());
    if (room == 0) return;
    const auto asked = streaming_->sent.portion(room);
    streaming_->reading = true;
    service_.controller().store().read_after(
        streaming_->sent.at(), asked,
        while_open([this, asked](const base::Result<Records>& read) { records_read(read, asked); }));
}

void DeviceSession::records_read(const base::Result<Records>& read, std::size_t asked) {
    if (!streaming_) return;
    auto& stream = *streaming_;
    stream.reading = false;
    switch (stream.sent.take(read, asked, service_.controller().last())) {
        case RecordWalk::Step::records:
            for (const auto& record : *read) stream.unacknowledged.push_back(record.position);
            notify("client.notifyRecords", {{"records", records_json(*read, CardNumbers::shown)}});
            break;
        case RecordWalk::Step::moved: break;
        case RecordWalk::Step::ended:
        case RecordWalk::Step::failed: return;
    }
    stream_records();
}

void DeviceSession::acknowledge(const Request& request) {
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    const std::string manager(params["manager"].text(manager_bytes));
    const core::RecordPosition position{static_cast<std::uint32_t>(params["generation"].count(UINT32_MAX)),
                                        params["sequence"].count()};
    if (fault) return refuse(request, *fault);
    if (!streaming_ || streaming_->manager != manager) {
        return refuse(request, {base::ErrorKind::conflict, "conflict",
                                "Records are acknowledged by the session that attached for this manager."});
    }
    service_.controller().acknowledge({manager, position},
                                      while_open([this, request, position](const base::Status& status) {
                                          if (status && streaming_) {
                                              auto& waiting = streaming_->unacknowledged;
                                              while (!waiting.empty() && waiting.front() <= position)
                                                  waiting.pop_front();
                                          }
                                          finish(request, status);
                                          stream_records();
                                      }));
}

void DeviceSession::records(const Request& request) {
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    const core::RecordPosition after{static_cast<std::uint32_t>(params["generation"].count(UINT32_MAX)),
                                     params["after"].count()};
    const auto limit = params["limit"].present() ? params["limit"].integer(1, read_limit) : read_limit;
    if (fault) return refuse(request, *fault);
    // A card's number lets one copy the card: whoever only looks is told who came (controller.md E4).
    const auto cards = check_right(service_.controller(), caller_, Right::operating) ? CardNumbers::shown
                                                                                     : CardNumbers::hidden;
    service_.controller().store().read_after(
        after, static_cast<std::size_t>(limit),
        while_open([this, request, cards](const base::Result<Records>& read) {
            if (!read) return refuse(request, read.error());
            answer(request, {{"records", records_json(*read, cards)},
                             {"last", dhip::to_json(service_.controller().last())}});
        }));
}

}  // namespace sallyport::controller
