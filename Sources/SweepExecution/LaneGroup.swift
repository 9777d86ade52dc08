/// Kernels work on this many trials at a time; a block that has fewer wastes lanes.
enum LaneGroup {
    static let width = 8
}
