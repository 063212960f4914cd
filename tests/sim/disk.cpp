#include "sim/disk.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string_view>

namespace sallyport::sim {

namespace {

constexpr std::size_t sector = 512;

/// What SQLite holds of an open file.
struct Handle {
    sqlite3_file base;
    Disk* disk;
    std::shared_ptr<DiskFile> file;
};

Handle& handle_of(sqlite3_file* file) {
    return *reinterpret_cast<Handle*>(file);
}

Disk& disk_of(sqlite3_vfs* calls) {
    return *static_cast<Disk*>(calls->pAppData);
}

int close(sqlite3_file* file) {
    handle_of(file).~Handle();
    return SQLITE_OK;
}

int read(sqlite3_file* file, void* to, int count, sqlite3_int64 offset) {
    const std::string& content = handle_of(file).file->content;
    const auto from = std::min(content.size(), static_cast<std::size_t>(offset));
    const auto found = std::min(content.size() - from, static_cast<std::size_t>(count));
    std::memset(to, 0, static_cast<std::size_t>(count));
    std::memcpy(to, content.data() + from, found);
    if (handle_of(file).disk->is_spoiled({content.data() + from, found})) return SQLITE_IOERR_READ;
    return found == static_cast<std::size_t>(count) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* file, const void* from, int count, sqlite3_int64 offset) {
    Handle& handle = handle_of(file);
    return handle.disk->write(*handle.file, static_cast<std::uint64_t>(offset),
                              {static_cast<const char*>(from), static_cast<std::size_t>(count)});
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
    Handle& handle = handle_of(file);
    return handle.disk->truncate(*handle.file, static_cast<std::uint64_t>(size));
}

int sync(sqlite3_file* file, int) {
    Handle& handle = handle_of(file);
    return handle.disk->sync(*handle.file);
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
    *size = static_cast<sqlite3_int64>(handle_of(file).file->content.size());
    return SQLITE_OK;
}

// One connection: nobody is to be kept out.
int lock(sqlite3_file*, int) {
    return SQLITE_OK;
}
int check_reserved_lock(sqlite3_file*, int* reserved) {
    *reserved = 0;
    return SQLITE_OK;
}
int lock_region(sqlite3_file*, int, int, int) {
    return SQLITE_OK;
}
void barrier(sqlite3_file*) {}

int control(sqlite3_file*, int, void*) {
    return SQLITE_NOTFOUND;
}
int sector_size(sqlite3_file*) {
    return 4'096;
}
/// As a file on Linux.
int characteristics(sqlite3_file*) {
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int map_region(sqlite3_file* file, int index, int bytes, int extend, void volatile** at) {
    Handle& handle = handle_of(file);
    return handle.disk->region(*handle.file, static_cast<std::size_t>(index), static_cast<std::size_t>(bytes),
                               extend != 0, at);
}
/// On Linux as well the next one to come finds nothing that it trusts.
int unmap_regions(sqlite3_file* file, int) {
    handle_of(file).file->regions.clear();
    return SQLITE_OK;
}

const sqlite3_io_methods methods{.iVersion = 2,
                                 .xClose = close,
                                 .xRead = read,
                                 .xWrite = write,
                                 .xTruncate = truncate,
                                 .xSync = sync,
                                 .xFileSize = file_size,
                                 .xLock = lock,
                                 .xUnlock = lock,
                                 .xCheckReservedLock = check_reserved_lock,
                                 .xFileControl = control,
                                 .xSectorSize = sector_size,
                                 .xDeviceCharacteristics = characteristics,
                                 .xShmMap = map_region,
                                 .xShmLock = lock_region,
                                 .xShmBarrier = barrier,
                                 .xShmUnmap = unmap_regions,
                                 .xFetch = nullptr,
                                 .xUnfetch = nullptr};

int open_file(sqlite3_vfs* calls, const char* name, sqlite3_file* file, int flags, int* opened_as) {
    file->pMethods = nullptr;
    std::shared_ptr<DiskFile> found;
    const int code = disk_of(calls).open(name, flags, opened_as, found);
    if (code != SQLITE_OK) return code;
    auto* handle = new (file) Handle{{}, &disk_of(calls), std::move(found)};
    handle->base.pMethods = &methods;
    return SQLITE_OK;
}

int remove_file(sqlite3_vfs* calls, const char* name, int synced) {
    return disk_of(calls).remove(name, synced != 0);
}

int access(sqlite3_vfs* calls, const char* name, int wanted, int* found) {
    const bool writes = wanted == SQLITE_ACCESS_READWRITE;
    *found = disk_of(calls).exists(name) && !(writes && disk_of(calls).is_read_only()) ? 1 : 0;
    return SQLITE_OK;
}

int full_name(sqlite3_vfs*, const char* name, int size, char* full) {
    sqlite3_snprintf(size, full, "%s", name);
    return SQLITE_OK;
}

void put(std::string& content, const DiskFile::Change& change, std::size_t from, std::size_t count) {
    const auto end = static_cast<std::size_t>(change.offset) + from + count;
    if (content.size() < end) content.resize(end);
    content.replace(static_cast<std::size_t>(change.offset) + from, count, change.bytes, from, count);
}

void put(std::string& content, const DiskFile::Change& change) {
    if (change.truncates) {
        content.resize(static_cast<std::size_t>(change.offset));
    } else {
        put(content, change, 0, change.bytes.size());
    }
}

}  // namespace

Disk::Disk(std::uint32_t seed) : random_(seed), before_(sqlite3_vfs_find(nullptr)) {
    calls_ = *before_;
    calls_.szOsFile = sizeof(Handle);
    calls_.pNext = nullptr;
    calls_.zName = "disk";
    calls_.pAppData = this;
    calls_.xOpen = open_file;
    calls_.xDelete = remove_file;
    calls_.xAccess = access;
    calls_.xFullPathname = full_name;
    if (sqlite3_vfs_register(&calls_, 1) != SQLITE_OK) throw std::runtime_error("no disk");
}

Disk::~Disk() {
    sqlite3_vfs_unregister(&calls_);
    sqlite3_vfs_register(before_, 1);
}

std::uint32_t Disk::dice(std::uint32_t sides) {
    return static_cast<std::uint32_t>(random_() % sides);
}

bool Disk::fails() {
    if (left_ && *left_ > 0) --*left_;
    if (!has_power() || health_ != DiskHealth::works) return true;
    return fail_one_in_ > 0 && dice(fail_one_in_) == 0;
}

std::uint64_t Disk::used() const {
    std::uint64_t bytes = 0;
    for (const auto& [name, file] : seen_) {
        bytes += file->content.size();
        for (std::size_t i = 0; i < file->regions.size(); ++i) bytes += 32'768;
    }
    return bytes;
}

int Disk::open(const char* name, int flags, int* opened_as, std::shared_ptr<DiskFile>& file) {
    if (!has_power()) return SQLITE_IOERR;
    if (opened_as != nullptr) *opened_as = flags;
    if (name == nullptr) {
        file = std::make_shared<DiskFile>();
        return SQLITE_OK;
    }
    const auto found = seen_.find(name);
    const bool writes = (flags & SQLITE_OPEN_READWRITE) != 0;
    if (health_ == DiskHealth::read_only && writes) {
        if (found == seen_.end()) return SQLITE_CANTOPEN;
        if (opened_as != nullptr) *opened_as = (flags & ~SQLITE_OPEN_READWRITE) | SQLITE_OPEN_READONLY;
    }
    if (found != seen_.end()) {
        file = found->second;
        return SQLITE_OK;
    }
    if ((flags & SQLITE_OPEN_CREATE) == 0 || health_ != DiskHealth::works) return SQLITE_CANTOPEN;
    file = seen_[name] = std::make_shared<DiskFile>();
    return SQLITE_OK;
}

int Disk::remove(const std::string& name, bool synced) {
    if (fails()) return SQLITE_IOERR_DELETE;
    if (seen_.erase(name) == 0) return SQLITE_IOERR_DELETE_NOENT;
    if (synced) named_.erase(name);
    return SQLITE_OK;
}

int Disk::write(DiskFile& file, std::uint64_t offset, std::string_view bytes) {
    const auto grows =
        offset + bytes.size() - std::min<std::uint64_t>(file.content.size(), offset + bytes.size());
    const bool full = capacity_ != UINT64_MAX && grows > 0 && used() + grows > capacity_;
    const bool failed = fails();
    if (failed && has_power()) return SQLITE_IOERR_WRITE;
    // What did not fit, or was on its way when the power went, may have been written in part.
    if (full) bytes = bytes.substr(0, dice(static_cast<std::uint32_t>(bytes.size())));
    if (full && offset > file.content.size()) return SQLITE_FULL;
    DiskFile::Change change{offset, std::string(bytes)};
    put(file.content, change);
    file.unsynced.push_back(std::move(change));
    if (failed) return SQLITE_IOERR_WRITE;
    return full ? SQLITE_FULL : SQLITE_OK;
}

int Disk::truncate(DiskFile& file, std::uint64_t size) {
    if (fails() && has_power()) return SQLITE_IOERR_TRUNCATE;
    file.unsynced.push_back({size, {}, true});
    put(file.content, file.unsynced.back());
    return has_power() ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

int Disk::sync(DiskFile& file) {
    if (fails()) return SQLITE_IOERR_FSYNC;
    for (const auto& change : file.unsynced) put(file.durable, change);
    file.unsynced.clear();
    // SQLite syncs the directory when it syncs a log or a journal for the first time.
    const auto own =
        std::ranges::find_if(seen_, [&](const auto& entry) { return entry.second.get() == &file; });
    if (own == seen_.end()) return SQLITE_OK;
    const auto named = named_.find(own->first);
    if (named != named_.end() && named->second == own->second) return SQLITE_OK;
    if (own->first.contains('-')) {
        named_ = seen_;
    } else {
        named_[own->first] = own->second;
    }
    return SQLITE_OK;
}

int Disk::region(DiskFile& file, std::size_t index, std::size_t bytes, bool extend, volatile void** at) {
    *at = nullptr;
    if (index >= file.regions.size()) {
        if (!extend) return SQLITE_OK;
        if (health_ == DiskHealth::read_only) return SQLITE_READONLY_CANTINIT;
        if (capacity_ != UINT64_MAX && used() + bytes > capacity_) return SQLITE_IOERR_SHMSIZE;
        while (file.regions.size() <= index) file.regions.push_back(std::make_unique<char[]>(bytes));
    }
    *at = file.regions[index].get();
    return SQLITE_OK;
}

/// What the file holds after a power cut.
void Disk::settle(DiskFile& file) {
    const auto mood = dice(4);  // nothing, everything, the beginning, any sectors
    const auto kept = file.unsynced.empty() ? 0 : dice(static_cast<std::uint32_t>(file.unsynced.size()) + 1);
    for (std::size_t i = 0; i < file.unsynced.size(); ++i) {
        const auto& change = file.unsynced[i];
        if (mood == 0 || (mood == 2 && i > kept)) break;
        if (mood == 1 || (mood == 2 && i < kept)) {
            put(file.durable, change);
            continue;
        }
        if (change.truncates && dice(2) == 0) put(file.durable, change);
        for (std::size_t from = 0; from < change.bytes.size();) {
            const auto at = (static_cast<std::size_t>(change.offset) + from) % sector;
            const auto count = std::min(sector - at, change.bytes.size() - from);
            if (dice(2) == 0) put(file.durable, change, from, count);
            from += count;
        }
    }
    file.content = file.durable;
    file.unsynced.clear();
    file.regions.clear();
}

void Disk::return_power() {
    left_.reset();
    // Names that were not synced are there or are not; so are those that were removed.
    for (const auto& [name, file] : seen_)
        if (const auto named = named_.find(name);
            (named == named_.end() || named->second != file) && dice(2) == 0)
            named_[name] = file;
    std::erase_if(named_, [&](const auto& entry) { return !seen_.contains(entry.first) && dice(2) == 0; });
    seen_ = named_;
    for (const auto& [name, file] : seen_) settle(*file);
}

}  // namespace sallyport::sim
