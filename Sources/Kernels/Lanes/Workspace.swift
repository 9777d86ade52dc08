/// Raw memory of a batch, given back when it goes.
final class Workspace {
    private var allocations: [UnsafeMutableRawPointer] = []

    /// Room for `count` vectors, 64-byte aligned, with arbitrary contents.
    func vectors<Element>(_ count: Int, of type: Element.Type = Element.self) -> UnsafeMutablePointer<Element> {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: max(1, count) * MemoryLayout<Element>.stride, alignment: 64)
        allocations.append(memory)
        return memory.bindMemory(to: type, capacity: max(1, count))
    }

    deinit {
        for memory in allocations { memory.deallocate() }
    }
}
