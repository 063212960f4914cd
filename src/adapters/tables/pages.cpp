#include <cairo-pdf.h>
#include <numeric>
#include <pango/pangocairo.h>

#include "adapters/tables/tables.hpp"

namespace sallyport::adapters {

namespace {

// A4 lying, in points.
constexpr double page_width = 841.9, page_height = 595.3, margin = 34, line_height = 15, gap = 6;

struct Unref {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    void operator()(cairo_t* drawing) const { cairo_destroy(drawing); }
    void operator()(PangoLayout* layout) const { g_object_unref(layout); }
    void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;

using Font = Owned<PangoFontDescription>;
Font font(const char* description) {
    return Font(pango_font_description_from_string(description));
}

class Pages final : public ScratchTable {
  public:
    Pages(std::unique_ptr<ScratchFile> file, ports::TableHead head)
        : ScratchTable(std::move(file)),
          head_(std::move(head)),
          surface_(cairo_pdf_surface_create_for_stream(write, this, page_width, page_height)),
          drawing_(cairo_create(surface_.get())),
          layout_(pango_cairo_create_layout(drawing_.get())) {
        cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_TITLE, head_.title.c_str());
        // Of the shapes that a character has in several languages.
        pango_context_set_language(pango_layout_get_context(layout_.get()),
                                   pango_language_from_string("zh-cn"));
        pango_layout_set_ellipsize(layout_.get(), PANGO_ELLIPSIZE_END);
        pango_layout_set_single_paragraph_mode(layout_.get(), TRUE);
        place_columns();
        begin_page();
    }

    base::Status put(const std::vector<std::string>& cells) override {
        if (y_ + line_height > page_height - margin) {
            end_page();
            begin_page();
        }
        draw_row(cells, plain_);
        return state();
    }
    base::Status finish() override {
        end_page();
        cairo_surface_finish(surface_.get());
        return state();
    }

  private:
    static cairo_status_t write(void* self, const unsigned char* bytes, unsigned length) {
        const auto written =
            static_cast<Pages*>(self)->file().append({reinterpret_cast<const char*>(bytes), length});
        return written ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
    }
    [[nodiscard]] base::Status state() const {
        const bool good = cairo_status(drawing_.get()) == CAIRO_STATUS_SUCCESS &&
                          cairo_surface_status(surface_.get()) == CAIRO_STATUS_SUCCESS;
        return good ? base::Status{} : not_written();
    }

    void place_columns() {
        const auto& columns = head_.columns;
        const double all = std::accumulate(columns.begin(), columns.end(), 0.0,
                                           [](double sum, const auto& one) { return sum + one.width; });
        double x = margin;
        for (const auto& column : columns) {
            const double width = (page_width - 2 * margin) * column.width / all;
            places_.push_back({x, width - gap});
            x += width;
        }
    }

    void begin_page() {
        ++page_;
        y_ = margin;
        if (page_ == 1) {
            draw(head_.title, heading_, {margin, page_width - 2 * margin});
            y_ += 22;
            draw(head_.about, plain_, {margin, page_width - 2 * margin});
            y_ += 22;
        }
        std::vector<std::string> titles;
        for (const auto& column : head_.columns) titles.push_back(column.title);
        draw_row(titles, bold_);
    }
    void end_page() {
        y_ = page_height - margin + 6;
        draw(std::to_string(page_), plain_, {page_width - margin - 30, 30});
        cairo_show_page(drawing_.get());
    }

    struct Place {
        double x;
        double width;
    };
    void draw(const std::string& text, const Font& font, const Place& place) {
        pango_layout_set_font_description(layout_.get(), font.get());
        pango_layout_set_width(layout_.get(), pango_units_from_double(place.width));
        pango_layout_set_text(layout_.get(), text.data(), static_cast<int>(text.size()));
        cairo_move_to(drawing_.get(), place.x, y_);
        pango_cairo_show_layout(drawing_.get(), layout_.get());
    }
    void draw_row(const std::vector<std::string>& cells, const Font& font) {
        for (std::size_t i = 0; i < cells.size() && i < places_.size(); ++i)
            if (!cells[i].empty()) draw(cells[i], font, places_[i]);
        y_ += line_height;
        cairo_set_line_width(drawing_.get(), 0.4);
        cairo_set_source_rgb(drawing_.get(), 0.75, 0.75, 0.75);
        cairo_move_to(drawing_.get(), margin, y_ - 2);
        cairo_line_to(drawing_.get(), page_width - margin, y_ - 2);
        cairo_stroke(drawing_.get());
        cairo_set_source_rgb(drawing_.get(), 0, 0, 0);
    }

    ports::TableHead head_;
    Owned<cairo_surface_t> surface_;
    Owned<cairo_t> drawing_;
    Owned<PangoLayout> layout_;
    Font plain_ = font("Sans 8");
    Font bold_ = font("Sans Bold 8");
    Font heading_ = font("Sans Bold 14");
    std::vector<Place> places_;
    double y_ = margin;
    int page_ = 0;
};

}  // namespace

base::Result<TablePtr> make_pages(std::unique_ptr<ScratchFile> file, ports::TableHead head) {
    return std::make_unique<Pages>(std::move(file), std::move(head));
}

}  // namespace sallyport::adapters
