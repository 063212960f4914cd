// Any bytes as the body of a request: what is read keeps its bounds, and what is refused says which field and
// why.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <boost/json/parse.hpp>
#ifdef SALLYPORT_FUZZING
// The packaged library is not instrumented: its source is built into the target.
#include <boost/json/src.hpp>
#endif

#include "server/wire/fields.hpp"

namespace {

using namespace sallyport;
using server::FieldError;
using server::Fields;

void require(bool condition) {
    if (!condition) std::abort();
}

void read_card(const boost::json::value& value, std::vector<FieldError>& errors, const std::string& path) {
    if (!value.is_object()) return;
    Fields fields(value.get_object(), errors, path);
    const auto number = fields.text("number", server::TextRule{1, 16, nullptr, {}}, server::Need::required);
    require(!number || (!number->empty() && server::characters(*number) <= 16));
    fields.choice("type", {"general", "vip"});
    fields.finish();
}

void read_person(const boost::json::object& object, std::vector<FieldError>& errors) {
    Fields fields(object, errors);
    const auto name = fields.text("name", server::TextRule{1, 64, nullptr, {}}, server::Need::required);
    require(!name || (!name->empty() && server::characters(*name) <= 64));
    const auto uses = fields.integer("hold_s", 1, 600);
    require(!uses || (*uses >= 1 && *uses <= 600));
    fields.truth("detector");
    fields.nullable_secret("pin", server::TextRule{1, 8, nullptr, {}});
    const auto left = fields.nullable_integer("uses", 0, 65'535);
    require(!left || !*left || (**left >= 0 && **left <= 65'535));
    fields.nullable_time("valid_from");
    fields.nullable_id("template_id");
    const auto doors = fields.ids("doors", 5);
    require(!doors || doors->size() <= 5);
    if (const auto* cards = fields.list("cards", 0, 8)) {
        for (std::size_t i = 0; i < cards->size(); ++i)
            read_card((*cards)[i], errors, fields.path_of("cards"));
    }
    static_cast<void>(fields.ids("departments", 8));
    fields.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    boost::system::error_code error;
    const auto body = boost::json::parse({reinterpret_cast<const char*>(data), size}, error);
    if (error || !body.is_object()) return 0;
    std::vector<FieldError> errors;
    read_person(body.get_object(), errors);
    for (const auto& wrong : errors) {
        require(!wrong.field.empty() || wrong.code == "unknown");  // a member may be called ""
        require(!wrong.code.empty() && wrong.message.ends_with('.'));
    }
    return 0;
}
