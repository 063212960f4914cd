// api/details.json is what pages and other programs read about the details of records: held against the
// core's own lists, and against what the golden scripts say that controllers record.
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <gtest/gtest.h>

#include "core/access/settings.hpp"
#include "core/door/door_terms.hpp"
#include "core/record/detail.hpp"

namespace sallyport {
namespace {

namespace json = boost::json;

std::string read(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

json::object contract() {
    return json::parse(read("api/details.json")).as_object();
}

template <class E>
std::set<std::string> words_of() {
    std::set<std::string> all;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
        [&](auto enumerator) { all.insert(enumerator.name); });
    return all;
}

std::set<std::string> words_in(const json::value& list) {
    return json::value_to<std::set<std::string>>(list);
}

bool is_number(const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

/// Why the value is not as the contract says; empty when it is.
std::string fault_in(const json::object& values, const core::Detail& detail, const core::DetailValue& value) {
    const std::string name(base::text_of(value.name));
    const json::value* is = values.if_contains(name);
    if (is == nullptr) return name + " is not a value of the term";
    if (const auto* of = is->if_string(); of != nullptr && *of == "setting") {
        const auto& settings = values.at("setting").as_object();
        is = settings.if_contains(detail.values.at(0).text);
        if (is == nullptr) return detail.values[0].text + " is no setting";
    }
    if (is->is_array() && !words_in(*is).contains(value.text))
        return value.text + " is not a word of " + name;
    if (is->is_string() && is->as_string() == "number" && !is_number(value.text))
        return name + " is no number";
    return {};
}

TEST(Details, every_term_and_name_of_the_core_is_in_the_contract_and_no_other) {
    std::set<std::string> terms;
    std::set<std::string> names;
    for (const auto& [term, values] : contract()) {
        terms.insert(term);
        for (const auto& [name, is] : values.as_object()) names.insert(name);
    }
    EXPECT_EQ(terms, words_of<core::DetailTerm>());
    EXPECT_EQ(names, words_of<core::DetailName>());
}

TEST(Details, lists_of_words_are_those_of_the_core) {
    const auto all = contract();
    EXPECT_EQ(words_in(all.at("commanded").at("command")), words_of<core::DoorCommand>());
    auto modes = words_of<core::DoorMode>();
    modes.erase("normal");
    EXPECT_EQ(words_in(all.at("mode_resumed").at("mode")), modes);
    const auto& settings = all.at("setting_changed").at("setting");
    EXPECT_EQ(words_in(settings.at("unlock_mode")), words_of<core::UnlockMode>());
    EXPECT_EQ(words_in(settings.at("working_mode")), words_of<core::WorkingMode>());
    EXPECT_EQ(words_in(settings.at("detector")), words_of<core::Detector>());
}

TEST(Details, what_the_golden_scripts_record_is_as_the_contract_says) {
    const auto all = contract();
    std::size_t seen = 0;
    for (const auto& file : std::filesystem::directory_iterator("tests/scenario")) {
        if (file.path().extension() != ".txt") continue;
        std::istringstream lines(read(file.path()));
        for (std::string line; std::getline(lines, line);) {
            const auto begin = line.find('"');
            if (line.find("record: ") == std::string::npos || begin == std::string::npos) continue;
            const auto detail = core::detail_from(line.substr(begin + 1, line.rfind('"') - begin - 1));
            ASSERT_TRUE(detail.has_value()) << file.path() << line;
            const auto& values = all.at(base::text_of(detail->term)).as_object();
            EXPECT_EQ(detail->values.size(), values.size()) << file.path() << line;
            for (const auto& value : detail->values) {
                EXPECT_EQ(fault_in(values, *detail, value), "") << file.path() << line;
            }
            ++seen;
        }
    }
    EXPECT_GT(seen, 100U);
}

}  // namespace
}  // namespace sallyport
