// `sallyport reader`: asks the controller itself, at the address, with the password and against the
// certificate that the platform knows of it. It runs beside the platform, which keeps its own connection.
#include <chrono>
#include <cstdio>
#include <memory>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/core.h>

#include "adapters/net/tls_stream.hpp"
#include "apps/sallyport/commands.hpp"
#include "apps/sallyport/opened.hpp"
#include "base/enum_text.hpp"
#include "server/devices/device_rows.hpp"
#include "server/devices/reader_lines.hpp"
#include "server/devices/registrations.hpp"

namespace sallyport::apps {

namespace asio = boost::asio;
namespace json = boost::json;
using base::ErrorKind;
using ports::ReaderState;
using Said = base::Result<std::string>;

namespace {

constexpr std::chrono::milliseconds between_looks{500};
/// A reader that has its key begins anew with it.
constexpr int looks_after_the_key = 20;

struct Controller {
    server::Id id = 0;
    std::string name;
    server::DeviceAddress address;
};

/// One that can be asked from here.
base::Result<Controller> reachable(Controller found) {
    if (found.address.wire == server::Wire::in_clear)
        return base::fail(ErrorKind::conflict, "not_spoken",
                          found.name + " speaks in clear and tells nothing of readers on lines.");
    if (server::dials_in(found.address.endpoint))
        return base::fail(ErrorKind::conflict, "dials_in",
                          found.name + " dials in at the platform: look after its readers on the page.");
    return found;
}

base::Result<Controller> controller_named(const Opened& opened, const std::string& name) {
    const auto rows = ports::read_from(*opened.database, [&](ports::Connection& connection) {
        return connection.query("SELECT id, name FROM device WHERE lower(name) = lower($1) OR serial = $1",
                                ports::Parameters{name});
    });
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty())
        return base::fail(ErrorKind::not_found, "no_controller",
                          fmt::format("There is no controller '{}'. Give its name or its serial number, as "
                                      "they stand on the page Devices.",
                                      name));
    if (rows->size() > 1)
        return base::fail(
            ErrorKind::conflict, "many_controllers",
            fmt::format("{} controllers are called '{}'. Give the serial number.", rows->size(), name));
    const auto devices = ports::read_from(*opened.database, [&](ports::Connection& connection) {
        return server::load_devices(connection, opened.sealer);
    });
    if (!devices) return std::unexpected(devices.error());
    for (const auto& device : *devices)
        if (device.id == rows->front().integer(0))
            return reachable({device.id, rows->front().text(1), device.address});
    return base::fail(ErrorKind::not_found, "no_controller", name + " was removed just now.");
}

asio::awaitable<base::Result<json::object>> ask(server::Conversation& controller, std::string method,
                                                json::object params) {
    auto answer = co_await controller.call(std::move(method), std::move(params));
    if (!answer) co_return std::unexpected(answer.error());
    if (answer->error) co_return std::unexpected(server::refused(*answer->error));
    co_return std::move(answer->params);
}

asio::awaitable<base::Result<std::vector<server::LineOfReaders>>> lines_of(server::Conversation& controller) {
    const auto said = co_await ask(controller, "sallyport.readers.list", {});
    if (!said) co_return std::unexpected(said.error());
    co_return server::reader_lines_from(*said);
}

class ReaderCommand {
  public:
    ReaderCommand(const ReaderOptions& options, Opened& opened, Controller controller)
        : options_(options), opened_(opened), controller_(std::move(controller)) {}

    Said run() {
        const auto dialler = adapters::make_dialler(loop_);
        Said outcome = base::fail(ErrorKind::internal, "internal", "It broke off.");
        asio::co_spawn(loop_, ask_controller(*dialler), [&](const std::exception_ptr& failed, Said said) {
            if (!failed) outcome = std::move(said);
            loop_.stop();
        });
        loop_.run();
        return outcome;
    }

  private:
    using Action = ReaderOptions::Action;

    asio::awaitable<Said> ask_controller(ports::StreamDialler& dialler) {
        auto connected = co_await server::connect(loop_, dialler, controller_.address, nullptr);
        if (!connected) co_return std::unexpected(connected.error());
        auto& controller = **connected;
        base::Secret session_key;
        const auto logged_in = co_await server::log_in(controller, controller_.address, session_key);
        if (!logged_in) co_return std::unexpected(logged_in.error());
        if (options_.action == Action::list) co_return co_await list(controller);
        if (options_.action == Action::pair) co_return co_await pair(controller);
        co_return co_await cancel(controller);
    }

    asio::awaitable<Said> list(server::Conversation& controller) {
        const auto lines = co_await lines_of(controller);
        if (!lines) co_return std::unexpected(lines.error());
        if (lines->empty()) co_return controller_.name + " has no lines of readers.\n";
        std::string text;
        row(text, "line", "address", "reader", "door", "direction", "state", "model");
        for (const auto& line : *lines)
            for (const auto& one : line.readers)
                row(text, line.number, one.address, one.number, one.door, base::text_of(one.direction),
                    base::text_of(one.state), one.model.value_or("-"));
        for (const auto& line : *lines)
            if (line.fault)
                text +=
                    fmt::format("Line {} ({}) does not work: {}\n", line.number, line.device, *line.fault);
        co_return text;
    }

    template <class... Values>
    static void row(std::string& text, const Values&... values) {
        text += fmt::format("{:<5} {:<8} {:<7} {:<5} {:<10} {:<9} {}\n", values...);
    }

    asio::awaitable<Said> pair(server::Conversation& controller) {
        const auto before = co_await state(controller);
        if (!before) co_return std::unexpected(before.error());
        if (*before == ReaderState::online)
            co_return base::fail(ErrorKind::conflict, "reader_paired",
                                 reader() + " is paired already and online.");
        const auto taken = co_await change(
            controller, "sallyport.readers.pair", "device.reader_pairing_opened",
            {{"line", options_.line}, {"address", options_.address}, {"minutes", options_.minutes}});
        if (!taken) co_return std::unexpected(taken.error());
        std::fputs(fmt::format("Put it into its installation mode: it may take its key for {} min.\n",
                               options_.minutes)
                       .c_str(),
                   stdout);
        std::fflush(stdout);
        co_return co_await paired(controller);
    }

    /// The controller closes the window.
    asio::awaitable<Said> paired(server::Conversation& controller) {
        for (int looks = 0; looks < looks_after_the_key;) {
            const auto now = co_await state(controller);
            if (!now) co_return std::unexpected(now.error());
            if (*now == ReaderState::online)
                co_return reader() + " is paired: all that it says is secured with a key of its own.\n";
            if (*now == ReaderState::unpaired) break;
            if (*now == ReaderState::offline) ++looks;
            asio::steady_timer timer(loop_, between_looks);
            co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        co_return base::fail(ErrorKind::timeout, "reader_not_paired",
                             reader() +
                                 " took no key. Check address, speed and installation mode, then pair "
                                 "it again.");
    }

    asio::awaitable<Said> cancel(server::Conversation& controller) {
        const auto taken = co_await change(controller, "sallyport.readers.cancelPairing",
                                           "device.reader_pairing_cancelled", {{"line", options_.line}});
        if (!taken) co_return std::unexpected(taken.error());
        co_return fmt::format("No reader on line {} of {} can be paired any more.\n", options_.line,
                              controller_.name);
    }

    /// A reader that is not there is unpaired: the controller has words for what is asked of it.
    asio::awaitable<base::Result<ReaderState>> state(server::Conversation& controller) {
        const auto lines = co_await lines_of(controller);
        if (!lines) co_return std::unexpected(lines.error());
        for (const auto& line : *lines)
            for (const auto& one : line.readers)
                if (line.number == options_.line && one.address == options_.address) co_return one.state;
        co_return ReaderState::unpaired;
    }

    /// Noted in the audit log, also when it was refused.
    asio::awaitable<base::Status> change(server::Conversation& controller, std::string method,
                                         std::string_view action, json::object asked) {
        const auto answer = co_await ask(controller, std::move(method), asked);
        asked["taken"] = answer.has_value();
        if (!answer) asked["refused"] = answer.error().code;
        const server::Subject subject{"device", server::id_text(controller_.id), controller_.name};
        const auto noted = ports::write_to(*opened_.database, [&](ports::Connection& connection) {
            return opened_.audit.append(connection, server::Actor{}, action, subject, nullptr, &asked);
        });
        if (!answer) co_return std::unexpected(answer.error());
        co_return noted;
    }

    [[nodiscard]] std::string reader() const {
        return fmt::format("The reader with the address {} on line {} of {}", options_.address, options_.line,
                           controller_.name);
    }

    const ReaderOptions& options_;
    Opened& opened_;
    Controller controller_;
    asio::io_context loop_;
};

}  // namespace

Said keep_readers(const ReaderOptions& options) {
    const auto opened = open_platform(options.directory);
    if (!opened) return std::unexpected(opened.error());
    auto controller = controller_named(**opened, options.controller);
    if (!controller) return std::unexpected(controller.error());
    return ReaderCommand(options, **opened, *std::move(controller)).run();
}

}  // namespace sallyport::apps
