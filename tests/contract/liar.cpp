#include "contract/liar.hpp"

#include <algorithm>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "codec/dhip/frame.hpp"
#include "codec/dhip/record_json.hpp"

namespace sallyport::tests {

namespace json = boost::json;
namespace dhip = codec::dhip;

namespace {

/// All values in it, but for itself.
void gather(json::value& value, std::vector<json::value*>& all) {
    const auto take = [&](json::value& inner) {
        all.push_back(&inner);
        gather(inner, all);
    };
    if (auto* object = value.if_object())
        for (auto& [name, inner] : *object) take(inner);
    if (auto* array = value.if_array())
        for (auto& inner : *array) take(inner);
}

template <class Fits>
std::vector<json::value*> among(json::object& message, Fits fits) {
    std::vector<json::value*> all;
    for (auto* part : {"params", "result"})
        if (auto* value = message.if_contains(part)) {
            all.push_back(value);
            gather(*value, all);
        }
    std::erase_if(all, [&](const json::value* value) { return !fits(*value); });
    return all;
}

}  // namespace

void Liar::lie(Lie lie, int frames) {
    lie_ = lie;
    left_ = frames;
    always_ = false;
    pause_ = only.empty() ? static_cast<int>(below(6)) : 0;
}

void Liar::lie_always(Lie lie) {
    lie_ = lie;
    left_ = 1;
    always_ = true;
}

std::string Liar::operator()(const std::string& frame) {
    if (left_ == 0 || !frame.contains(only)) return frame;
    if (!always_ && pause_-- > 0) return frame;
    const auto said = instead_of(frame);
    if (said == frame) return frame;
    ++told_;
    if (!always_) --left_;
    pause_ = only.empty() ? 4 + static_cast<int>(below(4)) : 0;
    return said;
}

std::string Liar::instead_of(const std::string& bytes) {
    if (lie_ == Lie::stalled) return {};
    if (lie_ == Lie::garbage) return "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    if (lie_ == Lie::twice) return bytes + bytes;
    dhip::FrameDecoder decoder;
    decoder.feed(bytes, {});
    auto frame = decoder.next();
    if (!frame || !*frame) return bytes;
    auto& [session, id, body] = **frame;
    if (lie_ == Lie::cut_short) return dhip::encode({session, id, body.substr(0, body.size() / 2)});
    auto message = json::parse(body).as_object();
    if (lie_ == Lie::other_id) {
        if (!message.contains("id") || message.contains("method")) return bytes;
        message["id"] = id + 7;
        return dhip::encode({session, id + 7, json::serialize(message)});
    }
    const auto honest = message;
    const bool bent = bend(message);
    if (!honest.contains("method")) before_ = honest;
    return bent ? dhip::encode({session, id, json::serialize(message)}) : bytes;
}

bool Liar::bend(json::object& message) {
    if (lie_ == Lie::refused || lie_ == Lie::other_answer)
        return !message.contains("method") && answer(message);
    if (lie_ == Lie::doubled || lie_ == Lie::left_out || lie_ == Lie::backwards) return bend_lists(message);
    if (lie_ == Lie::far_number) return bend_number(message);
    const bool numbers = lie_ == Lie::huge_number;
    const auto from = among(message, [&](const json::value& one) { return !numbers || one.is_number(); });
    if (from.empty()) return false;
    const json::value huge[] = {INT64_MAX - static_cast<std::int64_t>(below(1'000)),
                                UINT64_MAX - below(1'000), INT64_MIN, 1e300, -1};
    const json::value others[] = {
        nullptr, true, -1, "?", json::array{json::object{}}, json::object{{"a", 1}}};
    *from[below(from.size())] = numbers ? huge[below(std::size(huge))] : others[below(std::size(others))];
    return true;
}

bool Liar::answer(json::object& message) {
    if (lie_ == Lie::refused) {
        message["result"] = false;
        message["error"] = {{"code", 268'959'743}, {"message", "Not today."}};
        return true;
    }
    if (before_.empty()) return false;
    for (const auto* part : {"params", "result", "error"}) {
        message.erase(part);
        if (const auto* said = before_.if_contains(part)) message[part] = *said;
    }
    return true;
}

bool Liar::bend_number(json::object& message) {
    const auto records = among(message, [](const json::value& one) {
        const auto* object = one.if_object();
        return object != nullptr && (object->contains("RecNo") || object->contains("hash"));
    });
    if (records.empty()) return false;
    auto& record = records.back()->get_object();
    if (auto* number = record.if_contains("RecNo")) {
        *number = number->to_number<std::uint64_t>() + far;
        return far != 0;
    }
    auto written = dhip::record_from(record).value();
    written.position.sequence += far;
    if (far == 0) written.position.generation = UINT32_MAX;
    written.hash = dhip::chain_hash(written.previous, dhip::record_body(written.position, written.record));
    record = dhip::to_json(written);
    return true;
}

bool Liar::bend_lists(json::object& message) {
    const bool has_order = lie_ == Lie::backwards;
    const auto from = among(message, [&](const json::value& one) {
        if (const auto* list = one.if_array()) return list->size() > (has_order ? 1U : 0U);
        const auto* object = one.if_object();
        if (object == nullptr || lie_ == Lie::doubled) return false;
        return has_order ? object->contains("RecNo") || object->contains("sequence") : !object->empty();
    });
    if (from.empty()) return false;
    auto& chosen = *from[below(from.size())];
    const auto any = [&](auto& of) { return of.begin() + static_cast<std::ptrdiff_t>(below(of.size())); };
    if (auto* object = chosen.if_object()) {
        if (!has_order) return object->erase(any(*object)), true;
        auto& number = (*object)[object->contains("RecNo") ? "RecNo" : "sequence"];
        number = below(number.to_number<std::uint64_t>() + 1);
        return true;
    }
    auto& list = chosen.get_array();
    if (has_order) std::ranges::reverse(list);
    if (lie_ == Lie::left_out) list.erase(any(list));
    if (lie_ != Lie::doubled) return true;
    json::array doubled;
    for (const auto& one : list) doubled.insert(doubled.end(), {one, one});
    list = std::move(doubled);
    return true;
}

}  // namespace sallyport::tests
