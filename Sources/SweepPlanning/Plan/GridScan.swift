import PortableMath

/// Walks over combinations of positions along some dimensions, with values of some quantities at hand.
struct GridScan {
    private let layout: Layout
    private let quantities: [Quantity]
    private let dimensions: [Int]
    private let counts: [Int]
    /// Of quantities with a table: what a step along each of `dimensions` adds to the place in it.
    private let strides: [[Int]]

    /// - Parameters:
    ///   - quantities: positions among the layout's; all vary along `dimensions` only.
    ///   - dimensions: ascending; the last one runs fastest.
    init(_ layout: Layout, _ quantities: [Int], over dimensions: [Int]) {
        self.layout = layout
        self.quantities = quantities.map { layout.quantities[$0] }
        self.dimensions = dimensions
        let all = layout.grid.counts
        counts = dimensions.map { all[$0] }
        strides = self.quantities.map { quantity in
            let own = layout.grid.strides(over: quantity.dimensions)
            return dimensions.map { own[$0] }
        }
    }

    /// The number of combinations; `nil` above 2^53.
    var count: Int? { layout.grid.combinations(dimensions) }

    /// Visits every combination in row-major order until `body` returns false.
    func forEach(_ body: (_ digits: Digits, _ values: UnsafeBufferPointer<Double>) -> Bool) {
        withBuffers { digits, places, values in
            while true {
                load(digits, places, values)
                guard body(Digits(digits), UnsafeBufferPointer(values)), advance(digits, places) else { return }
            }
        }
    }

    /// Visits every combination where there are at most `most`, otherwise as many random ones, the same every time, until `body`
    /// returns false.
    func visit(atMost most: Int, _ body: (_ digits: Digits, _ values: UnsafeBufferPointer<Double>) -> Bool) {
        if let count, count <= most { return forEach(body) }
        var goesOn = true
        sampleDigits(most) { digits, values in goesOn = goesOn && body(digits, values) }
    }

    /// What `body` gives for random combinations, the same ones every time.
    func sample<Value>(_ count: Int, _ body: (UnsafeBufferPointer<Double>) -> Value) -> [Value] {
        var outcomes: [Value] = []
        sampleDigits(count) { _, values in outcomes.append(body(values)) }
        return outcomes
    }

    /// Visits random combinations, the same ones every time.
    func sampleDigits(_ count: Int, _ body: (Digits, UnsafeBufferPointer<Double>) -> Void) {
        var random = SplitMix64(seed: 0x5EED)
        withBuffers { digits, places, values in
            for _ in 0..<count {
                places.update(repeating: 0)
                for (k, dimension) in dimensions.enumerated() {
                    digits[dimension] = Int(random.next() % UInt64(counts[k]))
                    for q in quantities.indices { places[q] += digits[dimension] * strides[q][k] }
                }
                load(digits, places, values)
                body(Digits(digits), UnsafeBufferPointer(values))
            }
        }
    }

    private func withBuffers(
        _ body: (
            UnsafeMutableBufferPointer<Int>, UnsafeMutableBufferPointer<Int>, UnsafeMutableBufferPointer<Double>
        ) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: Int.self, capacity: layout.grid.dimensions.count) { digits in
            withUnsafeTemporaryAllocation(of: Int.self, capacity: quantities.count) { places in
                withUnsafeTemporaryAllocation(of: Double.self, capacity: quantities.count) { values in
                    digits.initialize(repeating: 0)
                    places.initialize(repeating: 0)
                    values.initialize(repeating: 0)
                    body(digits, places, values)
                }
            }
        }
    }

    private func load(
        _ digits: UnsafeMutableBufferPointer<Int>, _ places: UnsafeMutableBufferPointer<Int>,
        _ values: UnsafeMutableBufferPointer<Double>
    ) {
        for q in quantities.indices {
            if case .table(let table) = quantities[q].values {
                values[q] = table[places[q]]
            } else {
                values[q] = layout.value(quantities[q], at: Digits(digits))
            }
        }
    }

    /// The next combination; `false` after the last.
    private func advance(
        _ digits: UnsafeMutableBufferPointer<Int>, _ places: UnsafeMutableBufferPointer<Int>
    ) -> Bool {
        for k in dimensions.indices.reversed() {
            digits[dimensions[k]] += 1
            for q in quantities.indices { places[q] += strides[q][k] }
            if digits[dimensions[k]] < counts[k] { return true }
            digits[dimensions[k]] = 0
            for q in quantities.indices { places[q] -= strides[q][k] * counts[k] }
        }
        return false
    }
}
