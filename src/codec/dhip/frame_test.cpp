#include "codec/dhip/frame.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/dhip/message.hpp"

namespace sallyport::codec::dhip {
namespace {

using namespace std::chrono_literals;

const base::Instant now{7s};

Frame any_frame() {
    return {*rc::gen::arbitrary<std::uint32_t>(), *rc::gen::arbitrary<std::uint32_t>(),
            *rc::gen::container<std::string>(rc::gen::inRange('0', 'z'))};
}

std::vector<Frame> frames_in(FrameDecoder& decoder) {
    std::vector<Frame> frames;
    for (auto frame = decoder.next(); frame && *frame; frame = decoder.next()) {
        frames.push_back(std::move(**frame));
    }
    return frames;
}

RC_GTEST_PROP(Frames, come_through_however_the_bytes_are_cut, ()) {
    const auto sent = *rc::gen::container<std::vector<Frame>>(rc::gen::exec(any_frame));
    std::string bytes;
    for (const auto& frame : sent) bytes += encode(frame);
    FrameDecoder decoder;
    std::vector<Frame> received;
    while (!bytes.empty()) {
        const auto step = *rc::gen::inRange<std::size_t>(1, bytes.size() + 1);
        decoder.feed(bytes.substr(0, step), now);
        bytes.erase(0, step);
        std::ranges::move(frames_in(decoder), std::back_inserter(received));
    }
    RC_ASSERT(received == sent);
    RC_ASSERT(!decoder.next_deadline());
}

RC_GTEST_PROP(Frames, random_bytes_never_do_harm, (std::string bytes)) {
    FrameDecoder decoder(1'024);
    decoder.feed(bytes, now);
    (void)frames_in(decoder);
}

TEST(Frames, another_protocol_is_noticed_at_its_first_byte) {
    FrameDecoder decoder;
    decoder.feed("G", now);
    const auto frame = decoder.next();
    ASSERT_FALSE(frame);
    EXPECT_EQ(frame.error().code, "not_dhip");
}

TEST(Frames, one_that_announces_too_much_is_refused_before_it_comes) {
    FrameDecoder decoder(100);
    decoder.feed(encode({0, 0, std::string(100, 'x')}).substr(0, frame_header_bytes), now);
    const auto frame = decoder.next();
    ASSERT_FALSE(frame);
    EXPECT_EQ(frame.error().code, "frame_too_large");
    EXPECT_EQ(frame.error().message, "A DHIP header announces 101 bytes; 100 are the limit.");
}

TEST(Frames, a_session_that_has_logged_in_may_say_more) {
    FrameDecoder decoder(10);
    decoder.set_body_limit(1'000);
    decoder.feed(encode({0, 0, std::string(100, 'x')}), now);
    EXPECT_EQ(frames_in(decoder).size(), 1U);
}

TEST(Frames, two_lengths_that_differ_are_refused) {
    auto bytes = encode({1, 2, "{}"});
    bytes[24] = 4;
    FrameDecoder decoder;
    decoder.feed(bytes, now);
    EXPECT_FALSE(decoder.next());
}

TEST(Frames, the_rest_of_a_begun_frame_has_ten_seconds) {
    const auto bytes = encode({1, 2, "{}"});
    FrameDecoder decoder;
    EXPECT_FALSE(decoder.next_deadline());
    decoder.feed(bytes.substr(0, 5), now);
    EXPECT_FALSE(*decoder.next());
    decoder.feed(bytes.substr(5, 5), now + 9s);
    EXPECT_EQ(decoder.next_deadline(), now + 10s);
    decoder.feed(bytes.substr(10) + bytes.substr(0, 1), now + 9s);
    EXPECT_EQ(frames_in(decoder).size(), 1U);
    EXPECT_EQ(decoder.next_deadline(), now + 19s);  // of the next one, which has begun
}

TEST(Messages, a_request_comes_through) {
    const Request request{7, 8, "sallyport.tags", {{"after", ""}, {"limit", 5'000}}};
    FrameDecoder decoder;
    decoder.feed(encode_request(request), now);
    const auto frames = frames_in(decoder);
    ASSERT_EQ(frames.size(), 1U);
    const auto received = decode_request(frames[0]);
    ASSERT_TRUE(received);
    EXPECT_EQ(received->session, 7U);
    EXPECT_EQ(received->id, 8U);
    EXPECT_EQ(received->method, request.method);
    EXPECT_EQ(received->params, request.params);
}

TEST(Messages, session_and_id_of_the_json_count_where_the_header_has_none) {
    const auto request = decode_request({0, 0, R"({"method":"a","id":3,"session":4,"new":[]})"});
    ASSERT_TRUE(request);
    EXPECT_EQ(request->id, 3U);
    EXPECT_EQ(request->session, 4U);
    EXPECT_EQ(decode_request({1, 2, R"({"method":"a","id":3,"session":4})"})->id, 2U);
}

TEST(Messages, a_bad_request_names_its_member) {
    const auto wrong = [](std::string body) { return decode_request({0, 0, std::move(body)}).error(); };
    EXPECT_EQ(wrong("{").code, "not_json");
    EXPECT_EQ(wrong("[]").code, "not_json");
    EXPECT_EQ(wrong(std::string(1'000, '[')).code, "not_json");
    EXPECT_EQ(wrong(R"({"id": 1, "method": "m", "params": {"far": [1e999]}})").code, "not_json");
    EXPECT_EQ(wrong("{}").message, "method is missing: it has to be a text.");
    EXPECT_EQ(wrong(R"({"method":1})").message, "method has to be a text.");
    EXPECT_EQ(wrong(R"({"method":"a","params":[]})").message, "params has to be an object.");
    EXPECT_EQ(wrong(R"({"method":"a","id":-1})").message,
              "id has to be a whole number from 0 to 4294967295.");
}

std::variant<Answer, Notification> received(const std::string& bytes) {
    FrameDecoder decoder;
    decoder.feed(bytes, now);
    return *decode_from_device(frames_in(decoder).at(0));
}

TEST(Messages, a_list_of_parameters_stands_in_an_object) {
    const auto request = decode_request({0, 0, R"({"method":"system.multicall","params":[1,2]})"});
    ASSERT_TRUE(request);
    EXPECT_EQ(request->params.at("list").as_array().size(), 2U);
}

TEST(Messages, answers_and_notifications_are_told_apart) {
    const auto answer = std::get<Answer>(received(encode_answer({7, 8, true, {{"revision", 3}}, {}})));
    EXPECT_EQ(answer.id, 8U);
    EXPECT_EQ(answer.result, boost::json::value(true));
    EXPECT_EQ(answer.params.at("revision"), 3);
    EXPECT_FALSE(answer.error);
    const auto news = std::get<Notification>(
        received(encode_notification({7, "client.notifyDoors", {{"doors", boost::json::array{}}}})));
    EXPECT_EQ(news.session, 7U);
    EXPECT_EQ(news.method, "client.notifyDoors");
    EXPECT_FALSE(decode_from_device({0, 0, R"({"method":"global.login"})"}));
}

TEST(Messages, a_refusal_keeps_its_word_and_its_number) {
    const Request request{7, 8, "sallyport.claim", {}};
    const base::Error error{base::ErrorKind::conflict, "roster_owned_by_other", "P1 owns it."};
    const auto answer = std::get<Answer>(received(encode_answer(refusal(request, device_error(error)))));
    ASSERT_TRUE(answer.error);
    EXPECT_EQ(answer.id, 8U);
    EXPECT_EQ(answer.result, boost::json::value(false));
    EXPECT_EQ(answer.error->code, 268'959'743U);
    const auto back = error_of(*answer.error);
    EXPECT_EQ(back.kind, error.kind);
    EXPECT_EQ(back.code, error.code);
    EXPECT_EQ(back.message, error.message);
}

TEST(Messages, errors_of_other_devices_and_other_words_are_understood) {
    EXPECT_EQ(device_error("wrong_password", "").code, 268'632'085U);
    EXPECT_EQ(device_error({base::ErrorKind::invalid, "unknown_zone", ""}).code, 268'894'209U);
    EXPECT_EQ(device_error({base::ErrorKind::conflict, "card_taken", ""}).code, 268'959'743U);
    const auto answer = decode_from_device({0, 1, R"({"result":false,"error":{"code":268632081}})"});
    EXPECT_EQ(std::get<Answer>(*answer).error->name, "locked_out");
    EXPECT_EQ(error_of(*std::get<Answer>(*answer).error).kind, base::ErrorKind::limit);
    const auto unknown = decode_from_device({0, 1, R"({"result":false,"error":{"code":5}})"});
    EXPECT_EQ(error_of(*std::get<Answer>(*unknown).error).code, "refused");
}

}  // namespace
}  // namespace sallyport::codec::dhip
