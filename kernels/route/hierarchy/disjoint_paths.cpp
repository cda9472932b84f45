#include "kernels/route/hierarchy/disjoint_paths.h"

namespace vigil {

void DisjointPaths::start(const UndirectedGraph& graph, std::span<const End> ends,
                          std::span<const Start> starts)
{
    graph_ = &graph;
    end_ = ends;
    starts_ = starts;
    goes_to_.assign(graph.nodes(), nowhere);
    comes_from_.assign(graph.nodes(), nowhere);
    mark_.assign(graph.nodes(), 0);
    stack_.clear();
    pass_ = 0;
    paths_ = 0;
}

/// A step onto v; its other neighbours come clockwise after the one it was got to from.
void DisjointPaths::push(std::uint32_t v, std::uint32_t from, Kind kind)
{
    std::uint32_t arc = graph_->begin[v];
    while (graph_->neighbour[arc] != from) {
        ++arc;
    }
    const std::uint32_t next = arc + 1 == graph_->begin[v + 1] ? graph_->begin[v] : arc + 1;
    stack_.push_back({v, next, graph_->begin[v + 1] - graph_->begin[v] - 1, kind});
}

/// Steps onto v from a neighbour. True when that is a sink that is free.
bool DisjointPaths::enter(std::uint32_t v, std::uint32_t from)
{
    if (end_[v] == End::source) {
        return false; // a way through it could as well begin there
    }
    if (goes_to_[v] == nowhere) {
        if (seen(v) != 0) {
            return false;
        }
        see(v, entry_seen | exit_seen);
        push(v, from, Kind::whole);
        return end_[v] == End::sink;
    }
    if ((seen(v) & entry_seen) == 0) {
        see(v, entry_seen);
        const std::uint32_t before = comes_from_[v];
        if ((seen(before) & exit_seen) == 0) {
            see(before, exit_seen);
            stack_.push_back({v, 0, 0, Kind::entry});
            push(before, v, Kind::exit);
        }
    }
    return false;
}

/// From the exit of v against its path, through v, to the exit of the node before it; or off the stack.
void DisjointPaths::go_back(std::uint32_t v)
{
    if (end_[v] != End::source && (seen(v) & entry_seen) == 0) {
        see(v, entry_seen);
        const std::uint32_t before = comes_from_[v];
        if ((seen(before) & exit_seen) == 0) {
            see(before, exit_seen);
            push(before, v, Kind::exit);
            return;
        }
    }
    stack_.pop_back();
}

bool DisjointPaths::augment(Start source)
{
    see(source.node, entry_seen | exit_seen);
    stack_.push_back(
        {source.node, source.arc, graph_->begin[source.node + 1] - graph_->begin[source.node], Kind::whole});
    while (!stack_.empty()) {
        Step& top = stack_.back();
        if (top.left > 0) {
            const std::uint32_t from = top.node;
            const std::uint32_t to = graph_->neighbour[top.next_arc++];
            if (top.next_arc == graph_->begin[from + 1]) {
                top.next_arc = graph_->begin[from];
            }
            --top.left;
            if (enter(to, from)) {
                lay_path();
                return true;
            }
        } else if (top.kind == Kind::exit) {
            go_back(top.node);
        } else {
            stack_.pop_back();
        }
    }
    return false;
}

/// Makes the stack a path, undoing the parts of other paths that it ran against.
void DisjointPaths::lay_path()
{
    comes_from_[stack_.front().node] = terminal;
    for (std::size_t i = 0; i + 1 < stack_.size(); ++i) {
        const Step& from = stack_[i];
        const Step& to = stack_[i + 1];
        if (to.kind != Kind::exit) {
            goes_to_[from.node] = to.node;
            comes_from_[to.node] = from.node;
        } else if (from.kind == Kind::exit) {
            goes_to_[from.node] = nowhere;
            comes_from_[from.node] = nowhere;
        }
    }
    goes_to_[stack_.back().node] = terminal;
    stack_.clear();
}

void DisjointPaths::cut_near_source(std::vector<std::uint8_t>& side) const
{
    side.resize(goes_to_.size());
    for (std::uint32_t v = 0; v < side.size(); ++v) {
        const std::uint32_t bits = seen(v);
        const bool source = end_[v] == End::source;
        const bool near = (bits & exit_seen) != 0 || (source && goes_to_[v] == nowhere);
        side[v] = near ? 0 : (source || (bits & entry_seen) != 0) ? 2 : 1;
    }
}

void DisjointPaths::cut_near_sink(std::vector<std::uint8_t>& side)
{
    // Here a mark says that a sink can be got to from the entry or the exit.
    ++pass_;
    std::vector<std::uint32_t> open; // nodes whose entry was marked
    const auto exit_reaches = [&](std::uint32_t v) {
        const std::uint32_t bits = seen(v);
        if ((bits & exit_seen) != 0) {
            return;
        }
        see(v, exit_seen);
        if (goes_to_[v] == nowhere) {
            see(v, entry_seen);
            open.push_back(v);
        } else if (const std::uint32_t after = goes_to_[v];
                   after != terminal && (seen(after) & entry_seen) == 0) {
            see(after, entry_seen); // its path can be pushed back here
            open.push_back(after);
        }
    };
    const auto drain = [&] {
        while (!open.empty()) {
            const std::uint32_t v = open.back();
            open.pop_back();
            for (const std::uint32_t u : graph_->of(v)) {
                exit_reaches(u);
            }
            exit_reaches(v);
        }
    };
    for (std::uint32_t v = 0; v < goes_to_.size(); ++v) {
        if (end_[v] == End::sink) {
            exit_reaches(v);
            drain();
        }
    }
    side.resize(goes_to_.size());
    for (std::uint32_t v = 0; v < side.size(); ++v) {
        const std::uint32_t bits = seen(v);
        side[v] = (bits & entry_seen) != 0 ? 1 : (bits & exit_seen) != 0 ? 2 : 0;
    }
}

/// Marks everything that a path could get to from a node which is got to itself.
void DisjointPaths::flood(std::uint32_t v)
{
    const auto leave = [&](std::uint32_t u) {
        if ((seen(u) & exit_seen) == 0) {
            see(u, exit_seen);
            open_.push_back(u);
        }
    };
    const auto enter_from_outside = [&](std::uint32_t w) {
        if (end_[w] == End::source || (seen(w) & entry_seen) != 0) {
            return;
        }
        see(w, entry_seen);
        leave(goes_to_[w] == nowhere ? w : comes_from_[w]);
    };
    enter_from_outside(v);
    leave(v);
    while (!open_.empty()) {
        const std::uint32_t u = open_.back();
        open_.pop_back();
        for (const std::uint32_t w : graph_->of(u)) {
            enter_from_outside(w);
        }
        enter_from_outside(u); // against its path, when there is one
    }
}

void DisjointPaths::cut_between(std::span<const std::uint8_t> near_source,
                                std::span<const std::uint8_t> near_sink,
                                std::span<const std::uint32_t> wanted, std::vector<std::uint8_t>& side)
{
    ++pass_;
    for (std::uint32_t v = 0; v < near_source.size(); ++v) {
        if (near_source[v] != 1) {
            see(v, near_source[v] == 0 ? entry_seen | exit_seen : entry_seen);
        }
    }
    for (const std::uint32_t v : wanted) {
        if (near_sink[v] == 0 && near_source[v] != 0) { // else no least cut, or every one, has it there
            flood(v);
        }
    }
    cut_near_source(side);
}

} // namespace vigil
