#include "libgeo/xml.h"

#include <cassert>

namespace vigil {

std::string xml_escaped(std::string_view text)
{
    std::string safe;
    for (const char c : text) {
        switch (c) {
        case '&':
            safe += "&amp;";
            break;
        case '<':
            safe += "&lt;";
            break;
        case '>':
            safe += "&gt;";
            break;
        case '"':
            safe += "&quot;";
            break;
        case '\'':
            safe += "&apos;";
            break;
        default:
            if (static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n') {
                safe += c;
            }
        }
    }
    return safe;
}

void XmlWriter::start(std::string_view element, Attributes attributes)
{
    out_.append(2 * open_.size(), ' ');
    out_ += '<';
    out_ += element;
    for (const auto& [key, value] : attributes) {
        out_ += ' ';
        out_ += key;
        out_ += "=\"" + xml_escaped(value) + '"';
    }
}

void XmlWriter::open(std::string_view element, Attributes attributes)
{
    start(element, attributes);
    out_ += ">\n";
    open_.emplace_back(element);
}

void XmlWriter::close()
{
    const std::string element = std::move(open_.back());
    open_.pop_back();
    out_.append(2 * open_.size(), ' ');
    out_ += "</" + element + ">\n";
}

void XmlWriter::empty(std::string_view element, Attributes attributes)
{
    start(element, attributes);
    out_ += "/>\n";
}

void XmlWriter::text(std::string_view element, std::string_view content, Attributes attributes)
{
    start(element, attributes);
    out_ += '>' + xml_escaped(content) + "</";
    out_ += element;
    out_ += ">\n";
}

std::string XmlWriter::done() &&
{
    assert(open_.empty());
    return std::move(out_);
}

} // namespace vigil
