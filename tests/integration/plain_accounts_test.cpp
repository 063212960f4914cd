// Accounts and rights: who may call what, as one table (controller.md N4).
#include <map>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "integration/plain_site.hpp"

namespace sallyport::tests {

namespace json = boost::json;

namespace {

using controller::Right;

constexpr auto guards_password = "a guard's password";

void add(Client& client, const std::string& name, const std::string& role) {
    client.ask("sallyport.addAccount", {{"name", name}, {"role", role}, {"password", guards_password}});
}

// Everything that can be called, and what it takes. A method that is added has to be added here.
const std::map<std::string, Right> rights{
    {"global.login", Right::anybody},
    {"sallyport.initialise", Right::anybody},
    {"global.keepAlive", Right::session},
    {"global.logout", Right::session},
    {"magicBox.getSystemInfo", Right::session},
    {"magicBox.getDeviceType", Right::session},
    {"magicBox.getSoftwareVersion", Right::session},
    {"magicBox.getSerialNo", Right::session},
    {"magicBox.getMachineName", Right::session},
    {"magicBox.reboot", Right::admin},
    {"global.getCurrentTime", Right::session},
    {"global.setCurrentTime", Right::admin},
    {"system.listMethod", Right::session},
    {"system.multicall", Right::session},
    {"accessControlManager.getCaps", Right::session},
    {"accessControl.factory.instance", Right::viewer},
    {"accessControl.destroy", Right::viewer},
    {"accessControl.openDoor", Right::operating},
    {"accessControl.closeDoor", Right::operating},
    {"accessControl.getDoorStatus", Right::viewer},
    {"accessControl.getLockStatus", Right::viewer},
    {"eventManager.attach", Right::operating},
    {"eventManager.detach", Right::operating},
    {"configManager.getConfig", Right::viewer},
    {"configManager.setConfig", Right::admin},
    {"RecordFinder.factory.create", Right::operating},
    {"RecordFinder.factory.instance", Right::operating},
    {"RecordFinder.destroy", Right::operating},
    {"RecordFinder.find", Right::operating},
    {"RecordFinder.startFind", Right::operating},
    {"RecordFinder.doFind", Right::operating},
    {"RecordFinder.doSeekFind", Right::operating},
    {"RecordFinder.getQuerySize", Right::operating},
    {"RecordFinder.stopFind", Right::operating},
    {"RecordUpdater.factory.create", Right::admin},
    {"RecordUpdater.factory.instance", Right::admin},
    {"RecordUpdater.destroy", Right::admin},
    {"RecordUpdater.insert", Right::admin},
    {"RecordUpdater.insertEx", Right::admin},
    {"RecordUpdater.update", Right::admin},
    {"RecordUpdater.remove", Right::admin},
    {"RecordUpdater.clear", Right::admin},
    {"RecordUpdater.get", Right::operating},
    {"AccessUser.insertMulti", Right::admin},
    {"AccessUser.updateMulti", Right::admin},
    {"AccessUser.removeMulti", Right::admin},
    {"AccessUser.removeAll", Right::admin},
    {"AccessUser.list", Right::operating},
    {"AccessUser.startFind", Right::operating},
    {"AccessUser.doFind", Right::operating},
    {"AccessUser.stopFind", Right::operating},
    {"AccessCard.insertMulti", Right::admin},
    {"AccessCard.updateMulti", Right::admin},
    {"AccessCard.removeMulti", Right::admin},
    {"AccessCard.removeAll", Right::admin},
    {"AccessCard.list", Right::operating},
    {"AccessCard.startFind", Right::operating},
    {"AccessCard.doFind", Right::operating},
    {"AccessCard.stopFind", Right::operating},
    {"userManager.getUserInfoAll", Right::admin},
    {"userManager.addUser", Right::admin},
    {"userManager.modifyUser", Right::admin},
    {"userManager.deleteUser", Right::admin},
    {"userManager.modifyPassword", Right::viewer},
    {"sallyport.certificate", Right::viewer},
    {"sallyport.accounts", Right::admin},
    {"sallyport.addAccount", Right::admin},
    {"sallyport.changeAccount", Right::admin},
    {"sallyport.removeAccount", Right::admin},
    {"sallyport.changePassword", Right::viewer},
    {"configManager.attach", Right::viewer},
    {"configManager.detach", Right::viewer},
    {"sallyport.setAddress", Right::admin},
    {"sallyport.status", Right::viewer},
    {"sallyport.records", Right::viewer},
    {"sallyport.attach", Right::operating},
    {"sallyport.acknowledge", Right::operating},
    {"sallyport.doorCommand", Right::operating},
    {"sallyport.verify", Right::operating},
    {"sallyport.pardon", Right::operating},
    {"sallyport.resetArea", Right::operating},
    {"sallyport.readers.list", Right::viewer},
    {"sallyport.readers.pair", Right::admin},
    {"sallyport.readers.cancelPairing", Right::admin},
    {"sallyport.readers.rotateKey", Right::admin},
    {"sallyport.readers.setLine", Right::admin},
    {"sallyport.readers.setFormats", Right::admin},
    {"sallyport.readers.capture", Right::admin},
    {"sallyport.readers.forgetPanel", Right::admin},
    {"sallyport.stageUpdate", Right::admin},
    {"sallyport.backup", Right::admin},
    {"sallyport.restore", Right::admin},
    {"sallyport.claim", Right::admin},
    {"sallyport.applyPlan", Right::owner},
    {"sallyport.tags", Right::owner},
    {"sallyport.updateRoster", Right::owner},
};

}  // namespace

TEST(Accounts, every_method_takes_the_right_that_the_table_says) {
    PlainSite site;
    std::set<std::string> there;
    for (const auto& name : site.service->method_names()) there.insert(name);
    for (const auto& name : there) EXPECT_TRUE(rights.contains(name)) << name << " is not in the table";
    auto admin = owner_of(site);
    add(*admin, "viewer", "viewer");
    add(*admin, "guard", "operator");
    Client stranger(site);
    Client viewer(site);
    Client guard(site);
    viewer.login(guards_password, "viewer");
    guard.login(guards_password, "guard");
    for (const auto& [name, right] : rights) {
        if (!there.contains(name)) continue;  // of another part
        if (right == Right::anybody || name == "global.logout") continue;
        EXPECT_EQ(stranger.refused(name), "not_logged_in") << name;
        EXPECT_EQ(viewer.refused(name) == "forbidden", right > Right::viewer) << name;
        EXPECT_EQ(guard.refused(name) == "forbidden", right > Right::operating) << name;
    }
    // An administrator who has not claimed does all but what is the owner's.
    Client second(site);
    second.login(password);
    for (const auto& [name, right] : rights)
        if (there.contains(name) && right >= Right::admin && name != "magicBox.reboot" &&
            name != "AccessUser.removeAll")
            EXPECT_EQ(second.refused(name) == "forbidden", right == Right::owner) << name;
}

TEST(Accounts, are_added_changed_and_removed_and_one_administrator_stays) {
    PlainSite site;
    auto admin = owner_of(site);
    add(*admin, "guard", "operator");
    EXPECT_EQ(admin->refused("sallyport.addAccount",
                             {{"name", "guard"}, {"role", "viewer"}, {"password", guards_password}}),
              "conflict");
    EXPECT_EQ(admin->refused("sallyport.addAccount",
                             {{"name", "x"}, {"role", "king"}, {"password", guards_password}}),
              "invalid_parameter");
    EXPECT_EQ(
        admin->refused("sallyport.addAccount", {{"name", "x"}, {"role", "viewer"}, {"password", "short"}}),
        "invalid_parameter");
    EXPECT_EQ(admin->refused("sallyport.addAccount",
                             {{"name", "a b"}, {"role", "viewer"}, {"password", guards_password}}),
              "invalid_parameter");
    EXPECT_EQ(admin->refused("sallyport.removeAccount", {{"name", "admin"}}), "conflict");
    EXPECT_EQ(admin->refused("sallyport.changeAccount", {{"name", "admin"}, {"role", "viewer"}}), "conflict");
    EXPECT_EQ(admin->refused("sallyport.removeAccount", {{"name", "nobody"}}), "not_found");

    Client guard(site);
    guard.login(guards_password, "guard");
    EXPECT_EQ(guard.refused("sallyport.status"), "");
    admin->ask("sallyport.changeAccount", {{"name", "guard"}, {"role", "viewer"}});
    EXPECT_TRUE(guard.closed()) << "sessions of a changed account end";
    Client again(site);
    again.login(guards_password, "guard");
    EXPECT_EQ(again.refused("sallyport.attach", {{"manager", "m"}}), "forbidden");
    const auto all = admin->ask("sallyport.accounts").at("accounts").as_array();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[1].at("role"), "viewer");
    EXPECT_EQ(all[1].at("plainDialect"), true);
    admin->ask("sallyport.removeAccount", {{"name", "guard"}});
    EXPECT_TRUE(again.closed());
    EXPECT_EQ(Client(site).login(guards_password, "guard").at("error").at("name"), "wrong_password");
    EXPECT_EQ(site.memory.load()->accounts.size(), 1U);
}

TEST(Accounts, everybody_changes_the_own_password_with_the_old_one) {
    PlainSite site;
    auto admin = owner_of(site);
    add(*admin, "guard", "operator");
    Client guard(site);
    guard.login(guards_password, "guard");
    EXPECT_EQ(guard.refused("sallyport.changePassword",
                            {{"password", "something new"}, {"oldPassword", "wrong one"}}),
              "wrong_password");
    EXPECT_EQ(guard.refused("sallyport.changePassword", {{"name", "admin"}, {"password", "something new"}}),
              "forbidden");
    EXPECT_EQ(guard.refused("sallyport.changePassword",
                            {{"password", "something new"}, {"oldPassword", guards_password}}),
              "");
    EXPECT_FALSE(guard.closed()) << "the session that did it goes on";
    EXPECT_FALSE(Client(site).login("something new", "guard").contains("error"));
    EXPECT_EQ(site.cgi("/cgi-bin/magicBox.cgi?action=getSerialNo", {}, "guard", "something new").status, 200);
    EXPECT_EQ(site.cgi("/cgi-bin/magicBox.cgi?action=getSerialNo", {}, "guard", guards_password).status, 401);
}

TEST(Accounts, the_dialect_has_its_own_words_for_them) {
    PlainSite site;
    EXPECT_EQ(site.get("/cgi-bin/userManager.cgi?action=addUser&user.Name=guard&user.Password=a-guards-word"
                       "&user.Group=user"),
              "OK\r\n");
    EXPECT_NE(site.get("/cgi-bin/userManager.cgi?action=getUserInfoAll").find("users[1].Group=operator"),
              std::string::npos);
    EXPECT_EQ(site.cgi("/cgi-bin/magicBox.cgi?action=reboot", {}, "guard", "a-guards-word").status, 403);
    EXPECT_EQ(site.get("/cgi-bin/userManager.cgi?action=modifyUser&name=guard&user.Group=viewer"), "OK\r\n");
    EXPECT_EQ(site.cgi("/cgi-bin/accessControl.cgi?action=openDoor", {}, "guard", "a-guards-word").status,
              403);
    EXPECT_EQ(site.get("/cgi-bin/userManager.cgi?action=modifyPassword&name=guard&pwd=another-word&pwdOld=x"),
              "OK\r\n");
    EXPECT_EQ(site.cgi("/cgi-bin/magicBox.cgi?action=getSerialNo", {}, "guard", "another-word").status, 200);
    EXPECT_EQ(site.get("/cgi-bin/userManager.cgi?action=deleteUser&name=guard"), "OK\r\n");
    site.refused(400, "/cgi-bin/userManager.cgi?action=deleteUser&name=admin");
    site.refused(404, "/cgi-bin/userManager.cgi?action=deleteUser&name=guard");
}

}  // namespace sallyport::tests
