#include "adapters/sqlite/backup.hpp"

#include <array>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sodium.h>

#include "adapters/sqlite/controller_store.hpp"

namespace sallyport::adapters {

namespace {

using base::ErrorKind;

constexpr std::string_view magic = "SALLYPORTBACKUP1";
constexpr std::string_view passing_prefix = "unsealed-";
constexpr std::uint32_t passes = 3;
/// Eight times what a login costs: a file can be guessed at for years. Small boards have it to spare.
constexpr std::uint32_t memory_kib = 64 << 10;
constexpr std::uint32_t most_passes = 16;
constexpr std::uint32_t most_memory_kib = 1 << 20;

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

std::string little_endian(std::uint32_t value) {
    std::string text;
    for (int shift = 0; shift < 32; shift += 8) text += static_cast<char>(value >> shift & 0xFF);
    return text;
}

std::uint32_t little_endian(std::string_view text) {
    std::uint32_t value = 0;
    for (int i = 3; i >= 0; --i) value = value << 8 | bytes(text)[i];
    return value;
}

base::Result<base::Secret> key_of(const base::Secret& passphrase, std::string_view salt, std::uint32_t turns,
                                  std::uint32_t kib) {
    std::string key(crypto_secretbox_KEYBYTES, '\0');
    const auto text = passphrase.reveal();
    if (crypto_pwhash(bytes(key), key.size(), text.data(), text.size(), bytes(salt), turns,
                      std::size_t{kib} << 10, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return base::fail(ErrorKind::unavailable, "busy",
                          fmt::format("There are no {} MiB of memory for the passphrase.", kib >> 10));
    base::Secret secret(key);
    base::wipe(key.data(), key.size());
    return secret;
}

/// Gone with its journals, whatever happens.
class PassingFile {
  public:
    explicit PassingFile(const std::filesystem::path& directory) {
        std::array<unsigned char, 8> random{};
        randombytes_buf(random.data(), random.size());
        path_ = directory / fmt::format("{}{:02x}.db", passing_prefix, fmt::join(random, ""));
    }
    PassingFile(const PassingFile&) = delete;
    PassingFile& operator=(const PassingFile&) = delete;
    ~PassingFile() {
        std::error_code ignored;
        for (const auto* end : {"", "-wal", "-shm", "-journal"})
            std::filesystem::remove(path_.string() + end, ignored);
    }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    [[nodiscard]] base::Result<std::string> content() const {
        std::ifstream in(path_, std::ios::binary);
        std::string all{std::istreambuf_iterator<char>(in), {}};
        if (in && !all.empty()) return all;
        return base::fail(ErrorKind::storage, "storage", path_.string() + " cannot be read.");
    }
    [[nodiscard]] base::Status write(std::string_view content) const {
        std::ofstream out(path_, std::ios::binary);
        std::filesystem::permissions(
            path_, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
        if (out.write(content.data(), static_cast<std::streamsize>(content.size())).flush()) return {};
        return base::fail(ErrorKind::storage, "storage",
                          path_.string() + " cannot be written: free some space on its disk.");
    }

  private:
    std::filesystem::path path_;
};

ports::StoreWrite everything_of(const ports::Backup& backup) {
    ports::StoreWrite write;
    write.upsert = backup.image.people;
    write.public_passwords = backup.image.public_passwords;
    write.settings = [kept = backup.image.settings](core::Settings& settings) { settings = kept; };
    write.calendar = backup.image.calendar;
    write.accounts = backup.image.accounts;
    write.owner = backup.image.owner;
    write.pin_key = backup.image.pin_key;
    auto& made = write.records.emplace_back();
    made.kind = core::RecordKind::settings_changed;
    made.at = backup.made_at;
    made.detail = backup.serial;
    return write;
}

base::Result<std::string> database_of(const ports::Backup& backup, const std::filesystem::path& directory) {
    const PassingFile file(directory);
    if (auto made = file.write({}); !made) return std::unexpected(made.error());
    {
        auto store = SqliteControllerStore::open(file.path());
        if (!store) return std::unexpected(store.error());
        const auto write = everything_of(backup);
        if (auto stored = (*store)->commit({&write, 1}); !stored) return std::unexpected(stored.error());
    }
    return file.content();
}

base::Result<ports::Backup> backup_from(std::string_view database, const std::filesystem::path& directory) {
    const PassingFile file(directory);
    if (auto written = file.write(database); !written) return std::unexpected(written.error());
    auto store = SqliteControllerStore::open(file.path());
    if (!store) return std::unexpected(store.error());
    auto image = (*store)->load();
    if (!image) return std::unexpected(image.error());
    if (!image->damage.empty() || image->people_known == core::People::lost)
        return base::fail(ErrorKind::corrupt, "backup_damaged", "The backup cannot be read to its end.");
    const auto made = (*store)->read_after({1, 0}, 1);
    if (!made || made->empty())
        return base::fail(ErrorKind::corrupt, "backup_damaged", "The backup does not say when it was made.");
    return ports::Backup{*std::move(image), made->front().record.detail, made->front().record.at};
}

}  // namespace

void SqliteBackups::remove_leftovers() const {
    std::error_code ignored;
    std::vector<std::filesystem::path> leftovers;
    for (const auto& entry : std::filesystem::directory_iterator(directory_, ignored)) {
        const auto name = entry.path().filename().string();
        if (name.starts_with(passing_prefix) && name.contains(".db")) leftovers.push_back(entry.path());
    }
    for (const auto& path : leftovers) std::filesystem::remove(path, ignored);
}

base::Result<std::string> SqliteBackups::seal(const ports::Backup& backup, const base::Secret& passphrase) {
    if (auto status = ports::check_passphrase(passphrase); !status) return std::unexpected(status.error());
    if (!backup.image.damage.empty() || backup.image.people_known == core::People::lost)
        return base::fail(
            ErrorKind::conflict, "conflict",
            "What this controller stored is damaged, so a backup of it would lack people or more: "
            "restore an earlier one, or let the platform bring the people first.");
    auto database = database_of(backup, directory_);
    if (!database) return database;
    std::string salt(crypto_pwhash_SALTBYTES, '\0');
    std::string nonce(crypto_secretbox_NONCEBYTES, '\0');
    randombytes_buf(salt.data(), salt.size());
    randombytes_buf(nonce.data(), nonce.size());
    const auto key = key_of(passphrase, salt, passes, memory_kib);
    if (!key) return std::unexpected(key.error());
    std::string box(crypto_secretbox_MACBYTES + database->size(), '\0');
    crypto_secretbox_easy(bytes(box), bytes(*database), database->size(), bytes(nonce), bytes(key->reveal()));
    base::wipe(database->data(), database->size());
    return std::string(magic) + little_endian(passes) + little_endian(memory_kib) + salt + nonce + box;
}

base::Result<ports::Backup> SqliteBackups::open(std::string_view sealed, const base::Secret& passphrase) {
    if (auto status = ports::check_passphrase(passphrase); !status) return std::unexpected(status.error());
    constexpr auto head = magic.size() + 8 + crypto_pwhash_SALTBYTES + crypto_secretbox_NONCEBYTES;
    const bool whole = sealed.size() >= head + crypto_secretbox_MACBYTES && sealed.starts_with(magic);
    const auto turns = whole ? little_endian(sealed.substr(magic.size(), 4)) : 0;
    const auto kib = whole ? little_endian(sealed.substr(magic.size() + 4, 4)) : 0;
    // Numbers of somebody else's choice must not take all memory, or all day.
    if (!whole || turns < 1 || turns > most_passes || kib < 8 || kib > most_memory_kib)
        return base::fail(ErrorKind::corrupt, "backup_damaged",
                          "This is no backup of a controller, or the beginning of one is damaged.");
    const auto salt = sealed.substr(magic.size() + 8, crypto_pwhash_SALTBYTES);
    const auto nonce = sealed.substr(head - crypto_secretbox_NONCEBYTES, crypto_secretbox_NONCEBYTES);
    const auto box = sealed.substr(head);
    const auto key = key_of(passphrase, salt, turns, kib);
    if (!key) return std::unexpected(key.error());
    std::string database(box.size() - crypto_secretbox_MACBYTES, '\0');
    if (crypto_secretbox_open_easy(bytes(database), bytes(box), box.size(), bytes(nonce),
                                   bytes(key->reveal())) != 0)
        return base::fail(ErrorKind::unauthenticated, "wrong_passphrase",
                          "The backup does not open: the passphrase is another one, or the file is damaged.");
    auto backup = backup_from(database, directory_);
    base::wipe(database.data(), database.size());
    return backup;
}

}  // namespace sallyport::adapters
