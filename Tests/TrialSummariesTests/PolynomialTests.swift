import PortableMath
import Testing
@testable import TrialSummaries

private func uniforms(_ count: Int, seed: UInt64) -> [Double] {
    var words = SplitMix64(seed: seed)
    return (0..<count).map { _ in Double(words.next() >> 11) * 0x1p-53 }
}

/// Random sums, products and powers of two statistics, against the mean of their values over the numbers themselves.
@Test func meansOfPolynomialsFollowFromMoments() {
    var words = SplitMix64(seed: 7)
    let columns = [uniforms(1000, seed: 1).map { 2 * $0 - 0.7 }, uniforms(1000, seed: 2).map { $0 * $0 }]
    let moments = columns.map { column in
        let m = column.reduce(0, +) / 1000
        return [m] + (2...4).map { p in column.reduce(0) { sum, x in sum + (0..<p).reduce(1.0) { y, _ in y * (x - m) } } / 1000 }
    }
    var (known, refused) = (0, 0)
    for _ in 0..<5000 {
        var stack: [(polynomial: StatisticPolynomial?, values: [Double])] = []
        func push() {
            if words.next() % 3 == 0 {
                let number = Double(words.next() % 7) - 3
                stack.append((StatisticPolynomial(number), [Double](repeating: number, count: 1000)))
            } else {
                let place = Int(words.next() % 2)
                stack.append((StatisticPolynomial(statistic: place), columns[place]))
            }
        }
        push()
        for _ in 0..<6 {
            push()
            let b = stack.removeLast(), a = stack.removeLast()
            switch words.next() % 3 {
            case 0: stack.append((a.polynomial.flatMap { x in b.polynomial.map { x + $0 } }, zip(a.values, b.values).map(+)))
            case 1: stack.append((a.polynomial.flatMap { x in b.polynomial.flatMap { x * $0 } }, zip(a.values, b.values).map(*)))
            default: stack.append((a.polynomial.flatMap { $0.power(2) }, a.values.map { $0 * $0 }))
            }
        }
        guard let polynomial = stack[0].polynomial else {
            refused += 1
            continue
        }
        known += 1
        let expected = stack[0].values.reduce(0, +) / 1000, own = polynomial.mean { moments[$0] }
        let scale = stack[0].values.reduce(1) { max($0, $1.magnitude) }
        #expect((own - expected).magnitude <= 1e-10 * scale, "\(polynomial): \(own) \(expected)")
    }
    #expect(known > 1000 && refused > 100, "\(known) \(refused)")
}

/// x^2 rises from 0 on and not from -1; a range that is given holds every value.
@Test func rangesAreGivenWhereAFunctionRisesOrFalls() throws {
    let x = StatisticPolynomial(statistic: 0)
    let square = try #require(x.power(2))
    #expect(square.range(from: 0.5, to: 2) == 0.25...4 && square.range(from: -2, to: -1) == 1...4)
    #expect(square.range(from: -1, to: 2) == nil && (x + StatisticPolynomial(statistic: 1)).range(from: 0, to: 1) == nil)
    #expect(x.scaled(by: -3).range(from: 1, to: 2) == -6 ... -3 && StatisticPolynomial(4).range(from: 1, to: 2) == 4...4)
    #expect(x.range(from: .nan, to: .nan) == nil)
    var words = SplitMix64(seed: 3)
    for _ in 0..<1000 {
        let draw = { (Double(words.next() >> 11) * 0x1p-53 - 0.5) * 4 }
        var polynomial = StatisticPolynomial(draw())
        for power in 1...4 { polynomial = polynomial + x.power(Double(power))!.scaled(by: draw()) }
        let ends = [draw(), draw()].sorted()
        guard let range = polynomial.range(from: ends[0], to: ends[1]) else { continue }
        for k in 0...50 {
            let at = ends[0] + (ends[1] - ends[0]) * Double(k) / 50
            let value = polynomial.mean { _ in [at, 0, 0, 0] }
            #expect(value >= range.lowerBound - 1e-12 && value <= range.upperBound + 1e-12)
        }
    }
}
