import Testing

@testable import ResultStore

@Suite struct GridBoxTests {
    @Test func boxesCoverARangeInOrder() {
        #expect(GridBox.boxes(covering: 0..<12, of: [3, 4]) == [GridBox(starts: [0, 0], counts: [3, 4])])
        for first in 0...24 {
            for end in first...24 {
                let boxes = GridBox.boxes(covering: first..<end, of: [2, 3, 4])
                var seen: [Int] = []
                for box in boxes {
                    for a in 0..<box.counts[0] {
                        for b in 0..<box.counts[1] {
                            for c in 0..<box.counts[2] {
                                seen.append(((box.starts[0] + a) * 3 + box.starts[1] + b) * 4 + box.starts[2] + c)
                            }
                        }
                    }
                }
                #expect(seen == Array(first..<end))
                #expect(boxes.count <= 5)
            }
        }
    }
}
