import PortableMath
import Testing

@Test func logspaceMeetsPowersOfTen() {
    #expect(PortableMath.logspace(from: 0.001, to: 1, count: 4) == [0.001, 0.01, 0.1, 1])
    #expect(PortableMath.logspace(from: 1, to: 1000, count: 4) == [1, 10, 100, 1000])
    #expect(PortableMath.logspace(from: 1e-3, to: 1e3, count: 13).enumerated().allSatisfy { i, value in
        i % 2 == 1 || value == [1e-3, 1e-2, 0.1, 1, 10, 100, 1000][i / 2]
    })
    #expect(PortableMath.logspace(from: 1e-300, to: 1e300, count: 601)[299] == 0.1)
    #expect(PortableMath.logspace(from: Double.leastNonzeroMagnitude, to: 1e308, count: 3).first == Double.leastNonzeroMagnitude)
}

@Test func linspaceMeetsDecimals() {
    #expect(PortableMath.linspace(from: 0, to: 1, count: 11) == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
    #expect(PortableMath.linspace(from: 0.1, to: 1, count: 10)[2] == 0.3)
    #expect(PortableMath.linspace(from: -0.1, to: 0.2, count: 4)[1] == 0)
    #expect(PortableMath.linspace(from: 1e308, to: -1e308, count: 3) == [1e308, 0, -1e308])
    #expect(PortableMath.linspace(from: Double.leastNonzeroMagnitude, to: 3 * Double.leastNonzeroMagnitude, count: 3) == [Double.leastNonzeroMagnitude, 2 * Double.leastNonzeroMagnitude, 3 * Double.leastNonzeroMagnitude])
}

@Test func rangesHaveExactEndsAndAreMonotonic() {
    for (from, to) in [(0.1, 1.0), (1.0, 0.1), (3e-9, 7e11), (0.3, 0.3000001)] {
        for count in [1, 2, 3, 7, 511, 512, 513, 1500] {
            for values in [
                PortableMath.logspace(from: from, to: to, count: count),
                PortableMath.linspace(from: from, to: to, count: count),
            ] {
                #expect(values.count == count)
                #expect(values[0] == from)
                #expect(count == 1 || values[count - 1] == to)
                #expect(zip(values, values.dropFirst()).allSatisfy { from < to ? $0 < $1 : $0 > $1 })
            }
        }
    }
}

/// The factored exponentials against one exponential each.
@Test func logspaceIsTheExponentialOfEquallySpacedLogarithms() {
    let count = 2000
    let values = PortableMath.logspace(from: 2, to: 3, count: count)
    for index in 0..<count {
        let plain = 2 * PortableMath.pow(1.5, Double(index) / Double(count - 1))
        #expect(abs(values[index] - plain) <= 4 * plain.ulp)
    }
}
