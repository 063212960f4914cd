#pragma once
// A configuration file in TOML. The reader asks for the keys that it knows; what is left over is refused,
// with a suggestion. Every complaint names the key and the line. The tables of `[[door]]` are called door.1,
// door.2 ... in keys.
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace sallyport::apps {

class SettingsFile {
  public:
    /// `invalid` "config_unreadable" or "config_syntax" (with the line).
    [[nodiscard]] static base::Result<SettingsFile> read(const std::filesystem::path&);
    /// `name` stands for the file in messages.
    [[nodiscard]] static base::Result<SettingsFile> parse(std::string_view toml, std::string name);

    /// By key with dots ("limits.people"); nullopt where the file does not have it. A value that does not fit
    /// is remembered as the fault.
    [[nodiscard]] std::optional<std::string> text(const std::string& key);
    [[nodiscard]] std::optional<std::int64_t> integer(const std::string& key, std::int64_t least,
                                                      std::int64_t most);
    [[nodiscard]] std::optional<bool> yes_or_no(const std::string& key);
    /// A list of texts; empty where the file does not have it.
    [[nodiscard]] std::vector<std::string> texts(const std::string& key);
    /// A list of whole numbers; empty where the file does not have it.
    [[nodiscard]] std::vector<std::int64_t> integers(const std::string& key, std::int64_t least,
                                                     std::int64_t most);
    /// How many tables [[key]] there are. Their keys have the number of the table, from 1: "osdp.1.device".
    [[nodiscard]] std::size_t tables(const std::string& key);

    /// For a check of the caller's own: `words` complete the sentence "FILE line N: KEY ...".
    void complain(const std::string& key, std::string_view words);
    /// The first fault: a value that did not fit (`invalid` "config_value"), or a key that nobody asked for
    /// (`invalid` "config_unknown_key").
    [[nodiscard]] base::Status finish() const;

  private:
    /// monostate: another type, or where a table begins.
    using Value = std::variant<std::monostate, std::string, std::int64_t, std::vector<std::string>,
                               std::vector<std::int64_t>, bool>;
    struct Entry {
        Value value;
        std::uint32_t line = 0;
    };
    Entry* find(const std::string& key);
    [[nodiscard]] std::string unknown_words(const std::string& key) const;
    [[nodiscard]] std::string nearest(const std::string& unknown) const;

    std::string name_;
    std::map<std::string, Entry> entries_;
    std::set<std::string> asked_;
    std::optional<base::Error> fault_;
};

}  // namespace sallyport::apps
