#include "apps/settings_file/settings_file.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <numeric>
#include <vector>

#include <fmt/core.h>
#include <toml++/toml.h>

namespace sallyport::apps {
namespace {

/// How many letters have to be changed, added or taken away to make one word of the other.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
        }
    }
    return row[b.size()];
}

template <class Put>
void walk(const toml::table& table, const std::string& prefix, const Put& put) {
    for (const auto& [key, node] : table) {
        const auto name = prefix + std::string(key.str());
        const auto* list = node.as_array();
        if (const auto* inner = node.as_table()) {
            walk(*inner, name + ".", put);
        } else if (list != nullptr && list->is_array_of_tables()) {
            for (std::size_t i = 0; i < list->size(); ++i) {
                const auto numbered = fmt::format("{}.{}", name, i + 1);
                put(numbered, *list->get(i));
                walk(*list->get_as<toml::table>(i), numbered + ".", put);
            }
        } else {
            put(name, node);
        }
    }
}

/// "in the string: ..." of "Error while parsing string: ...", on one line.
std::string plain(std::string_view described) {
    constexpr std::string_view begin = "Error while parsing ";
    std::string text = described.starts_with(begin) ? "in the " + std::string(described.substr(begin.size()))
                                                    : std::string(described);
    std::ranges::replace(text, '\n', ' ');
    return text;
}

/// nullopt unless it is a list of nothing but these.
template <class T>
std::optional<std::vector<T>> list_of(const toml::node& node) {
    const auto* list = node.as_array();
    if (list == nullptr) return std::nullopt;
    std::vector<T> all;
    for (const auto& each : *list) {
        const auto value = each.value_exact<T>();
        if (!value) return std::nullopt;
        all.push_back(*value);
    }
    return all;
}

}  // namespace

base::Result<SettingsFile> SettingsFile::read(const std::filesystem::path& path) {
    std::ifstream in;
    std::error_code error;
    if (std::filesystem::is_regular_file(path, error)) in.open(path, std::ios::binary);
    if (!in.is_open()) {
        return base::fail(
            base::ErrorKind::invalid, "config_unreadable",
            fmt::format("The configuration {} cannot be read: check its path and its permissions.",
                        path.string()));
    }
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    return parse(bytes, path.string());
}

base::Result<SettingsFile> SettingsFile::parse(std::string_view bytes, std::string name) {
    SettingsFile file;
    file.name_ = std::move(name);
    try {
        const auto table = toml::parse(bytes);
        walk(table, "", [&file](const std::string& key, const toml::node& node) {
            Entry entry{std::monostate{}, node.source().begin.line};
            if (const auto text = node.value_exact<std::string>()) entry.value = *text;
            if (const auto number = node.value_exact<std::int64_t>()) entry.value = *number;
            if (auto numbers = list_of<std::int64_t>(node)) entry.value = *std::move(numbers);
            if (auto texts = list_of<std::string>(node)) entry.value = *std::move(texts);
            if (const auto answer = node.value_exact<bool>()) entry.value = *answer;
            file.entries_[key] = std::move(entry);
        });
    } catch (const toml::parse_error& error) {
        return base::fail(
            base::ErrorKind::invalid, "config_syntax",
            fmt::format("{} line {}: this is no TOML ({}). Write NAME = VALUE, texts in quotes.", file.name_,
                        error.source().begin.line, plain(error.description())));
    }
    return file;
}

SettingsFile::Entry* SettingsFile::find(const std::string& key) {
    asked_.insert(key);
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : &found->second;
}

std::optional<std::string> SettingsFile::text(const std::string& key) {
    const auto* entry = find(key);
    if (entry == nullptr) return std::nullopt;
    if (const auto* text = std::get_if<std::string>(&entry->value)) return *text;
    complain(key, "has to be text in quotes");
    return std::nullopt;
}

std::optional<std::int64_t> SettingsFile::integer(const std::string& key, std::int64_t least,
                                                  std::int64_t most) {
    const auto* entry = find(key);
    if (entry == nullptr) return std::nullopt;
    const auto* number = std::get_if<std::int64_t>(&entry->value);
    if (number != nullptr && *number >= least && *number <= most) return *number;
    complain(key, fmt::format("has to be a whole number from {} to {}", least, most));
    return std::nullopt;
}

std::vector<std::string> SettingsFile::texts(const std::string& key) {
    const auto* entry = find(key);
    if (entry == nullptr) return {};
    const auto* texts = std::get_if<std::vector<std::string>>(&entry->value);
    if (texts != nullptr && !texts->empty()) return *texts;
    complain(key, texts != nullptr ? "is an empty list: name something in it, or leave it out"
                                   : "has to be a list of texts, such as [\"one\", \"two\"]");
    return {};
}

std::vector<std::int64_t> SettingsFile::integers(const std::string& key, std::int64_t least,
                                                 std::int64_t most) {
    const auto* entry = find(key);
    if (entry == nullptr) return {};
    const auto* numbers = std::get_if<std::vector<std::int64_t>>(&entry->value);
    const auto fits = [=](std::int64_t number) { return number >= least && number <= most; };
    if (numbers != nullptr && std::ranges::all_of(*numbers, fits)) return *numbers;
    complain(key, fmt::format("has to be a list of whole numbers from {} to {}, such as [{}]", least, most,
                              least));
    return {};
}

std::size_t SettingsFile::tables(const std::string& key) {
    if (find(key) != nullptr) complain(key, fmt::format("has to be tables, each beginning with [[{}]]", key));
    std::size_t count = 0;
    while (find(fmt::format("{}.{}", key, count + 1)) != nullptr) ++count;
    return count;
}

std::optional<bool> SettingsFile::yes_or_no(const std::string& key) {
    const auto* entry = find(key);
    if (entry == nullptr) return std::nullopt;
    if (const auto* answer = std::get_if<bool>(&entry->value)) return *answer;
    complain(key, "has to be true or false");
    return std::nullopt;
}

void SettingsFile::complain(const std::string& key, std::string_view words) {
    if (fault_) return;
    while (words.ends_with('.')) words.remove_suffix(1);  // of a sentence of its own
    const auto* entry = find(key);
    // What is missing is missing in a table.
    for (auto outer = key; entry == nullptr && outer.contains('.');) {
        outer.resize(outer.rfind('.'));
        entry = find(outer);
    }
    const auto where = entry == nullptr ? name_ : fmt::format("{} line {}", name_, entry->line);
    fault_ =
        base::Error{base::ErrorKind::invalid, "config_value", fmt::format("{}: {} {}.", where, key, words)};
}

base::Status SettingsFile::finish() const {
    if (fault_) return std::unexpected(*fault_);
    for (const auto& [key, entry] : entries_) {
        if (asked_.contains(key)) continue;
        return base::fail(base::ErrorKind::invalid, "config_unknown_key",
                          fmt::format("{} line {}: {}", name_, entry.line, unknown_words(key)));
    }
    return {};
}

/// Often a right name in a wrong form: one value, one table, or tables that are counted.
std::string SettingsFile::unknown_words(const std::string& key) const {
    for (auto end = key.find('.');; end = key.find('.', end + 1)) {
        const auto outer = key.substr(0, end);
        const auto within = asked_.lower_bound(outer + ".");
        const bool has_members = within != asked_.end() && within->starts_with(outer + ".");
        const bool counted = asked_.contains(outer + ".1");
        const bool numbered = end != std::string::npos && key[end + 1] >= '0' && key[end + 1] <= '9';
        if (counted && !numbered)
            return fmt::format("{0} has to be tables, each beginning with [[{0}]].", outer);
        if (has_members && !counted && (numbered || end == std::string::npos))
            return fmt::format("{0} has to be one table, beginning with [{0}].", outer);
        if (end == std::string::npos)
            return fmt::format("{} is not known; did you mean {}?", key, nearest(key));
    }
}

std::string SettingsFile::nearest(const std::string& unknown) const {
    const auto found = std::ranges::min_element(
        asked_, {}, [&](const std::string& known) { return distance(unknown, known); });
    return found == asked_.end() ? std::string("nothing") : *found;
}

}  // namespace sallyport::apps
