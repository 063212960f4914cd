#pragma once
// People, settings and calendar to rows and back. The byte layouts are those of db/controller/schema.sql.
#include "ports/controller_store.hpp"
#include "ports/database.hpp"

namespace sallyport::adapters {

base::Status write_person(ports::Connection&, core::Person);
/// Who comes again later may be anywhere.
base::Status remove_person(ports::Connection&, const base::UserId&);
base::Status remove_everyone(ports::Connection&);
base::Status write_public_passwords(ports::Connection&, std::vector<core::PublicPassword>);
base::Status write_settings(ports::Connection&, const core::Settings&);
base::Status change_settings(ports::Connection&, const ports::SettingsChange&);
base::Status write_calendar(ports::Connection&, const core::Calendar&);
base::Status write_door_modes(ports::Connection&, const std::vector<core::DoorMode>&);
base::Status write_accounts(ports::Connection&, const std::vector<ports::Account>&);
base::Status write_whereabouts(ports::Connection&, const ports::StoreWrite&);
base::Status write_card_formats(ports::Connection&, const std::vector<core::CardFormat>&);
base::Status write_reader_keys(ports::Connection&, const ports::ReaderKeys&);
base::Status write_line_speed(ports::Connection&, const ports::LineSpeed&);
base::Status write_use(ports::Connection&, const core::CountUse&);

/// `corrupt` for a row that cannot be.
base::Status read_people(ports::Connection&, std::vector<core::Person>&);
/// Fills all of the image but people and journal, as far as it can be read: one table that is damaged takes
/// no other with it. The first error.
base::Status read_rows(ports::Connection&, ports::ControllerImage&);

}  // namespace sallyport::adapters
