#pragma once
// What a controller that lies or stalls says instead of the truth: its frames, changed by a seed.
#include <cstdint>
#include <random>
#include <string>

#include <boost/describe/enum.hpp>
#include <boost/json/object.hpp>

namespace sallyport::tests {

enum class Lie : std::uint8_t {
    cut_short,     ///< the frame holds half of its JSON
    garbage,       ///< another protocol
    stalled,       ///< nothing comes
    other_id,      ///< the answer to a question that was not asked
    other_answer,  ///< what was said to the question before
    refused,       ///< with a sentence that means nothing
    twice,         ///< the same again
    other_type,    ///< of one member
    huge_number,   ///< in place of one
    left_out,      ///< a member or an element
    doubled,       ///< each element of a list
    backwards,     ///< the elements of a list, or the number of a record
    far_number,    ///< of the last record of a list, which is as it was written otherwise: nobody comes to it
};
BOOST_DESCRIBE_ENUM(Lie, cut_short, garbage, stalled, other_id, other_answer, refused, twice, other_type,
                    huge_number, left_out, doubled, backwards, far_number)

class Liar {
  public:
    explicit Liar(std::uint32_t seed) : random_(seed) {}

    /// From now on: so many frames at most, and, unless there are few to choose from, never one soon after
    /// another.
    void lie(Lie lie, int frames);
    /// From now on: all frames.
    void lie_always(Lie lie);
    void be_honest() { left_ = 0; }
    std::uint64_t far = 0;  ///< how far a far number is; 0: it is of the last generation that there can be
    std::string only;       ///< lies in frames that hold this text only
    /// What comes instead of a frame.
    [[nodiscard]] std::string operator()(const std::string& frame);
    [[nodiscard]] int told() const { return told_; }

  private:
    std::string instead_of(const std::string& frame);
    /// False where there is nothing of the kind in it.
    bool bend(boost::json::object& message);
    bool answer(boost::json::object& message);
    bool bend_lists(boost::json::object& message);
    bool bend_number(boost::json::object& message);
    std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

    std::mt19937 random_;
    Lie lie_ = Lie::stalled;
    int left_ = 0;
    int pause_ = 0;  ///< frames that are honest before the next one that is not
    bool always_ = false;
    int told_ = 0;
    boost::json::object before_;  ///< the answer before
};

}  // namespace sallyport::tests
