// The one place where Boost.Asio itself is compiled (BOOST_ASIO_SEPARATE_COMPILATION, cmake/Compile.cmake);
// its TLS part is in adapters/net.
#include <boost/asio/impl/src.hpp>
