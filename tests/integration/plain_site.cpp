#include "integration/plain_site.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "codec/cgi/digest.hpp"
#include "codec/cgi/parameters.hpp"

namespace sallyport::tests {

namespace json = boost::json;

namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    for (auto& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

std::string md5(const std::string& text) {
    return lower(codec::cgi::md5_upper(text).reveal());
}

std::string quoted(const std::string& header, const std::string& name) {
    const auto at = header.find(name + "=\"");
    if (at == std::string::npos) return {};
    const auto from = at + name.size() + 2;
    return header.substr(from, header.find('"', from) - from);
}

}  // namespace

std::string header_of(const ports::HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return {};
}

ports::HttpRequest request_for(const std::string& target, const std::string& body,
                               const std::string& address) {
    ports::HttpRequest request;
    request.method = body.empty() ? "GET" : "POST";
    const auto mark = std::min(target.find('?'), target.size());
    request.path = target.substr(0, mark);
    request.query = codec::cgi::parse_query(target.substr(std::min(mark + 1, target.size()))).value();
    request.headers = {{"host", "192.0.2.1"}};
    request.body = body;
    request.peer_address = address;
    request.target = target;
    return request;
}

std::string authorization(const ports::HttpResponse& challenge, const std::string& method,
                          const std::string& target, const std::string& account, const std::string& secret,
                          std::uint32_t count) {
    const auto header = header_of(challenge, "www-authenticate");
    const auto realm = quoted(header, "realm");
    const auto nonce = quoted(header, "nonce");
    const auto counted = fmt::format("{:08x}", count);
    const auto response =
        md5(fmt::format("{}:{}:{}:0a4f113b:auth:{}", md5(fmt::format("{}:{}:{}", account, realm, secret)),
                        nonce, counted, md5(method + ":" + target)));
    return fmt::format(R"(Digest username="{}", realm="{}", nonce="{}", uri="{}", qop=auth, nc={}, )"
                       R"(cnonce="0a4f113b", response="{}")",
                       account, realm, nonce, target, counted, response);
}

PlainSite::PlainSite(std::uint8_t door_count, std::uint64_t records_limit)
    : DoorSite(door_count, records_limit) {
    service->allow_plain_dialect(base::Secret("a private key"));
    plain = std::make_unique<controller::dialect::PlainHttp>(loop, *service);
    Client client(*this);
    client.ask("sallyport.initialise", {{"password", password}, {"keypadPassword", keypad_password}});
}

ports::HttpResponse PlainSite::http(ports::HttpRequest request) {
    std::optional<ports::HttpResponse> answer;
    plain->handle(std::move(request),
                  [&answer](ports::HttpResponse response) { answer = std::move(response); });
    run_until([&answer] { return answer.has_value(); });
    return answer.value_or(ports::HttpResponse{.status = 0, .headers = {}, .body = {}});
}

ports::HttpResponse PlainSite::cgi(const std::string& target, const std::string& body,
                                   const std::string& account, const std::string& secret) {
    auto request = request_for(target, body, address);
    const auto challenge = http(request);
    EXPECT_EQ(challenge.status, 401) << challenge.body;
    request.headers.emplace_back("authorization",
                                 authorization(challenge, request.method, target, account, secret));
    return http(std::move(request));
}

std::string PlainSite::get(const std::string& target, const std::string& body) {
    const auto response = cgi(target, body);
    EXPECT_EQ(response.status, 200) << target << ": " << response.body;
    return response.body;
}

std::string PlainSite::refused(int status, const std::string& target, const std::string& body) {
    const auto response = cgi(target, body);
    EXPECT_EQ(response.status, status) << target << ": " << response.body;
    EXPECT_EQ(response.body.find("Error\r\n"), 0U);
    return response.body;
}

json::object PlainSite::rpc2(const std::string& method, json::object params, std::uint32_t object) {
    json::object message{{"method", method}, {"id", next_id_++}, {"session", session}};
    auto* list = params.if_contains("list");
    message["params"] = list != nullptr ? json::value(*list) : json::value(std::move(params));
    if (object != 0) message["object"] = object;
    const auto path = method == "global.login" ? "/RPC2_Login" : "/RPC2";
    const auto response = http(request_for(path, json::serialize(message), address));
    EXPECT_EQ(response.status, 200);
    return json::parse(response.body).as_object();
}

json::object PlainSite::rpc2_login(const std::string& account, const std::string& secret) {
    session = 0;
    const auto challenge =
        rpc2("global.login", {{"userName", account}, {"password", ""}, {"clientType", "Web3.0"}});
    const auto* params = challenge.if_contains("params");
    if (params == nullptr) return challenge;
    const auto text = [&](const char* name) { return std::string(params->at(name).as_string()); };
    session = challenge.at("session").to_number<std::uint32_t>();
    const auto hash = codec::cgi::password_hash(account, text("realm"), base::Secret(secret));
    const auto answer = codec::cgi::login_answer(account, text("random"), hash);
    return rpc2("global.login", {{"userName", account},
                                 {"password", answer.reveal()},
                                 {"authorityType", "Default"},
                                 {"passwordType", "Default"},
                                 {"clientType", "Web3.0"}});
}

}  // namespace sallyport::tests
