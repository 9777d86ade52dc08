import TrialContract

/// A sum of polynomials up to degree 4, each in one statistic: a function of a trial whose mean over a block of trials follows from
/// the block's moments, but for rounding.
package struct StatisticPolynomial: Sendable, Equatable {
    /// The highest power whose mean the moments of a block give.
    package static let highestDegree = 4

    package private(set) var constant: Double
    /// By position of the statistic: the coefficients of its powers 1, 2, ... without zeros at the end.
    package private(set) var terms: [Int: [Double]] = [:]

    package init(_ constant: Double) { self.constant = constant }

    /// A statistic itself.
    package init(statistic: Int) {
        constant = 0
        terms = [statistic: [1]]
    }

    package var isConstant: Bool { terms.isEmpty }

    package static func + (a: Self, b: Self) -> Self {
        var sum = a
        sum.constant += b.constant
        for (statistic, own) in b.terms {
            var coefficients = sum.terms[statistic] ?? []
            coefficients += [Double](repeating: 0, count: max(0, own.count - coefficients.count))
            for (power, coefficient) in own.enumerated() { coefficients[power] += coefficient }
            sum.terms[statistic] = Self.trimmed(coefficients)
        }
        return sum
    }

    package func scaled(by factor: Double) -> Self {
        var scaled = Self(constant * factor)
        for (statistic, own) in terms { scaled.terms[statistic] = Self.trimmed(own.map { $0 * factor }) }
        return scaled
    }

    /// `nil` where the product has parts of two statistics, or a higher degree than moments go.
    package static func * (a: Self, b: Self) -> Self? {
        if a.isConstant { return b.scaled(by: a.constant) }
        if b.isConstant { return a.scaled(by: b.constant) }
        guard let (statistic, p) = a.terms.first, let q = b.terms[statistic], a.terms.count == 1, b.terms.count == 1,
            p.count + q.count <= Self.highestDegree
        else { return nil }
        var coefficients = [Double](repeating: 0, count: p.count + q.count + 1)
        for (i, x) in ([a.constant] + p).enumerated() {
            for (j, y) in ([b.constant] + q).enumerated() { coefficients[i + j] += x * y }
        }
        var product = Self(coefficients[0])
        product.terms[statistic] = trimmed(Array(coefficients.dropFirst()))
        return product
    }

    /// `nil` where the exponent is no whole number from 0 on, or the power's degree is higher than moments go.
    package func power(_ exponent: Double) -> Self? {
        guard exponent >= 0, exponent <= Double(Self.highestDegree), exponent.rounded() == exponent else { return nil }
        return (0..<Int(exponent)).reduce(Self(1)) { power, _ in power.flatMap { $0 * self } }
    }

    private static func trimmed(_ coefficients: [Double]) -> [Double]? {
        let kept = coefficients.lastIndex { $0 != 0 }.map { Array(coefficients[...$0]) }
        return kept
    }
}

extension StatisticPolynomial {
    /// Over a block, from the moments of each statistic.
    ///
    /// - Parameter moments: by position of the statistic: mean, variance, third and fourth central moment.
    package func mean(_ moments: (Int) -> [Double]) -> Double {
        terms.sorted { $0.key < $1.key }.reduce(constant) { sum, term in
            let own = moments(term.key), (m, square) = (own[0], own[0] * own[0])
            let powers = [
                m, square + own[1], square * m + 3 * m * own[1] + own[2],
                square * square + 6 * square * own[1] + 4 * m * own[2] + own[3],
            ]
            return zip(term.value, powers).reduce(sum) { $1.0 == 0 ? $0 : $0 + $1.0 * $1.1 }
        }
    }

    /// What it takes where its only statistic goes from a least to a largest value; `nil` where it is not known to rise or to fall
    /// all the way, where it has several statistics, or
    /// where it is no number.
    package func range(from least: Double, to largest: Double) -> ClosedRange<Double>? {
        guard terms.count <= 1, least <= largest else { return nil }
        guard let coefficients = terms.first?.value else { return constant...constant }
        // Bounds of the derivative, by Horner's rule over intervals.
        let slopes = coefficients.enumerated().map { Double($0 + 1) * $1 }
        var (lower, upper) = (0.0, 0.0)
        for slope in slopes.reversed() {
            let products = [lower * least, lower * largest, upper * least, upper * largest]
            (lower, upper) = (products.min()! + slope, products.max()! + slope)
        }
        guard lower >= 0 || upper <= 0 else { return nil }
        let ends = [least, largest].map { x in ([constant] + coefficients).reversed().reduce(0.0) { $0 * x + $1 } }
        return ends.contains(where: \.isNaN) ? nil : min(ends[0], ends[1])...max(ends[0], ends[1])
    }
}

/// An expression that says of itself whether blocks of trials can tell its mean.
package protocol SummarizableExpression: CellExpression {
    /// As a function of its statistics in a cell; `nil` where it is no such polynomial.
    func polynomial(inCell cell: Int) -> StatisticPolynomial?
}
