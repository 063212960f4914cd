#include "apps/command_line/command_line.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

namespace sallyport::apps {

namespace {

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; });
}

/// How far the words lead into the commands.
struct Reached {
    const CLI::App* command;
    std::string path;   ///< as it is typed
    std::string stray;  ///< a word where a command has to stand, and is none; empty: none
    bool at_end;        ///< there were no more words
};

Reached follow(const CLI::App& app, int count, const char* const* arguments) {
    Reached reached{&app, app.get_name(), {}, true};
    for (int i = 1; i < count; ++i) {
        const std::string word = arguments[i];
        const auto commands = commands_of(*reached.command);
        reached.at_end = false;
        if (commands.empty() || word.starts_with("-")) return reached;
        const auto found = std::ranges::find(commands, word, [](const auto* one) { return one->get_name(); });
        if (found == commands.end()) {
            reached.stray = word;
            return reached;
        }
        reached.command = *found;
        reached.path += " " + word;
        reached.at_end = true;
    }
    return reached;
}

std::unexpected<base::Error> invalid(std::string message) {
    return base::fail(base::ErrorKind::invalid, "invalid_arguments", std::move(message));
}

std::unexpected<base::Error> no_command(const Reached& reached) {
    std::string known;
    for (const auto* one : commands_of(*reached.command))
        known += (known.empty() ? "" : ", ") + one->get_name();
    if (reached.stray.empty())
        return invalid(
            fmt::format("Say what to do: {}. `{} --help` says what each does.", known, reached.path));
    return invalid(fmt::format("There is no command '{}'. There are: {}. `{} --help` says what each does.",
                               reached.stray, known, reached.path));
}

/// What stands between the two in what the library says.
std::string between(std::string_view said, std::string_view begin, std::string_view end) {
    const auto from = said.find(begin);
    if (from != std::string_view::npos) said.remove_prefix(from + begin.size());
    return std::string(said.substr(0, said.find(end)));
}

/// The library's own words are for programmers.
std::string sentence_of(const CLI::App& app, const CLI::ParseError& error) {
    const std::string said = error.what();
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr)
        return fmt::format("'{}' means nothing there", app.remaining(true).front());
    if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr)
        return fmt::format("{}: '{}' is no number that is possible there", between(said, ": ", " = "),
                           between(said, " = ", "\n"));
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr && said.contains("required"))
        return between(said, "", ":") + " needs something after it";
    if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr)
        return between(said, "", " is required") + " is missing";
    return said;
}

}  // namespace

base::Result<std::optional<std::string>> parse_command_line(CLI::App& app, int count,
                                                            const char* const* arguments) {
    const auto reached = follow(app, count, arguments);
    if (!reached.stray.empty() || (reached.at_end && reached.command->get_require_subcommand_min() > 0))
        return no_command(reached);
    try {
        app.parse(count, arguments);
    } catch (const CLI::CallForHelp&) {
        return app.help();
    } catch (const CLI::CallForVersion& version) {
        return std::string(version.what()) + "\n";
    } catch (const CLI::ParseError& error) {
        return invalid(
            fmt::format("{}. `{} --help` lists what there is.", sentence_of(app, error), reached.path));
    }
    return std::nullopt;
}

}  // namespace sallyport::apps
