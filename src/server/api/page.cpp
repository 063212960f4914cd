#include "server/api/page.hpp"

#include <string>

namespace sallyport::server {

namespace {

ports::HttpResponse plain(int status, std::string text) {
    return {status,
            {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}},
            std::move(text)};
}

/// A last part with a dot is a file's name, and a missing file is not the client.
bool looks_like_file(std::string_view path) {
    return path.substr(path.rfind('/') + 1).find('.') != std::string_view::npos;
}

}  // namespace

ports::HttpResponse page_response(std::span<const base::EmbeddedFile> files,
                                  const ports::HttpRequest& request) {
    if (request.method != "GET" && request.method != "HEAD") {
        auto refused = plain(405, "Only GET and HEAD are possible here.\n");
        refused.headers.emplace_back("Allow", "GET, HEAD");
        return refused;
    }
    const std::string_view path =
        std::string_view(request.path).substr(request.path.starts_with('/') ? 1 : 0);
    const auto* file = path.empty() ? nullptr : base::find_embedded(files, path);
    const bool kept = file != nullptr && path.starts_with("assets/");
    if (file == nullptr && !looks_like_file(path)) file = base::find_embedded(files, "index.html");
    if (file == nullptr) return plain(404, "There is no such page.\n");
    ports::HttpResponse response;
    response.headers.emplace_back("ETag", file->etag);
    response.headers.emplace_back("Cache-Control", kept ? "public, max-age=31536000, immutable" : "no-cache");
    if (request.header("if-none-match") == file->etag) {
        response.status = 304;
        return response;
    }
    response.headers.emplace_back("Content-Type", file->content_type);
    response.body = std::string(file->bytes);
    return response;
}

}  // namespace sallyport::server
