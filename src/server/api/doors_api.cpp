#include "server/api/answers.hpp"
#include "server/api/lists_api.hpp"

namespace sallyport::server {

namespace {

void read_settings(Fields& settings, DoorPatch& patch) {
    patch.hold_s = settings.integer("hold_s", 1, 600);
    if (const auto mode =
            settings.choice("unlock_mode", {"card", "card_and_pin", "user_and_pin", "card_or_user_and_pin"}))
        patch.unlock_mode = base::enum_from<core::UnlockMode>(*mode);
    if (const auto wired = settings.truth("detector"))
        patch.detector = *wired ? core::Detector::on : core::Detector::off;
    patch.overtime_s = settings.integer("overtime_s", 1, 9'999);
    if (const auto raised = settings.truth("duress"))
        patch.duress = *raised ? core::Duress::on : core::Duress::off;
    patch.extended_s = settings.integer("extended_s", 1, 600);
    patch.pre_alarm_s = settings.integer("pre_alarm_s", 0, 9'999);
    patch.verification_s = settings.nullable_integer("verification_s", 1, 120);
}

Answer<Reply> change_door(Doors& doors, const Call& call) {
    const auto patch = read_body(call, Sent::something, [](Fields& fields, std::vector<FieldError>& errors) {
        DoorPatch read;
        read.name = fields.text("name", name_rule);
        read.area_id = fields.nullable_id("area_id");
        if (const auto confirm = fields.truth("confirm"))
            read.confirmation = *confirm ? Confirmation::asked : Confirmation::none;
        read.revision = read_revision(fields);
        if (const auto* object = fields.object("settings")) {
            Fields settings(*object, errors, "settings");
            read_settings(settings, read);
            settings.finish();
            if (object->empty()) fields.wrong("settings", "too_short", "Send at least one member to change.");
        }
        return read;
    });
    if (!patch) return std::unexpected(patch.error());
    return ok_or_problem(doors.change(call.id(), *patch, call.part.areas, call.actor()));
}

Answer<Reply> settle_keypad(Doors& doors, const Call& call) {
    const auto how = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        const auto word = fields.choice("decision", {"adopt", "put_back"}, Need::required);
        return word ? base::enum_from<Settle>(*word) : std::nullopt;
    });
    if (!how) return std::unexpected(how.error());
    return ok_or_problem(doors.settle(call.id(), **how, call.part.areas, call.actor()));
}

Answer<Reply> list_doors(const Doors& doors, const Tree& areas, const Call& call) {
    Parameters parameters(call.request.query);
    const DoorFilter filter{parameters.id("device"),
                            both(call.part.areas, areas.below(parameters.id("area")))};
    const auto page = parameters.page();
    if (auto read = parameters.finish(); !read) return std::unexpected(read.error());
    return ok_or_problem(doors.list(filter, page));
}

}  // namespace

Operations door_operations(Doors& doors, const Tree& areas) {
    return {
        {"GET", "/doors", may(Function::doors, Level::view), Body::none,
         at_once([&](Call& call) { return list_doors(doors, areas, call); })},
        {"GET", "/doors/{id}", may(Function::doors, Level::view), Body::none,
         at_once([&](Call& call) { return ok_or_problem(doors.get(call.id(), call.part.areas)); })},
        {"PATCH", "/doors/{id}", may(Function::doors, Level::edit), Body::object,
         at_once([&](Call& call) { return change_door(doors, call); })},
        {"POST", "/doors/{id}/keypad-changes", may(Function::doors, Level::edit), Body::object,
         at_once([&](Call& call) { return settle_keypad(doors, call); })},
    };
}

}  // namespace sallyport::server
