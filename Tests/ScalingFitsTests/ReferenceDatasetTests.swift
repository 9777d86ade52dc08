import Foundation
import Testing

@testable import ScalingFits

/// NIST Statistical Reference Datasets, https://www.itl.nist.gov/div898/strd/. The copies and the exact solutions
/// are in Vectors.
@Suite struct ReferenceDatasetTests {
    struct Certified: Decodable {
        struct Values: Decodable {
            let coefficients: [Double]
            let standard_errors: [Double]
            let residual_standard_deviation: Double
        }
        let datasets: [String: Values]
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Vectors")

    static func certified(_ name: String) throws -> Certified.Values {
        let data = try Data(contentsOf: folder.appendingPathComponent("certified.json"))
        return try #require(JSONDecoder().decode(Certified.self, from: data).datasets[name])
    }

    /// y and the remaining columns.
    static func read(_ name: String) throws -> (y: [Double], x: [[Double]]) {
        let text = try String(contentsOf: folder.appendingPathComponent("\(name.lowercased()).csv"), encoding: .utf8)
        let rows = try text.split(whereSeparator: \.isNewline).dropFirst().map { line in
            try line.split(separator: ",").map { try #require(Double($0.trimmingCharacters(in: .whitespaces))) }
        }
        let columns = (0..<rows[0].count).map { column in rows.map { $0[column] } }
        return (columns[0], Array(columns.dropFirst()))
    }

    static func powers(_ x: [Double], from lowest: Int, through degree: Int) -> [[Double]] {
        (lowest...degree).map { power in x.map { value in (0..<power).reduce(1.0) { product, _ in product * value } } }
    }

    /// Digits of agreement; 17 for equality.
    static func digits(_ value: Double, _ truth: Double) -> Double {
        value == truth ? 17 : -log10(abs(value - truth) / abs(truth))
    }

    static let sets: [(name: String, lowest: Int, degree: Int, digits: Double)] = [
        ("norris", 0, 1, 12), ("pontius", 0, 2, 11), ("noint1", 1, 1, 14), ("noint2", 1, 1, 14),
        ("filip", 0, 10, 7), ("wampler1", 0, 5, 12), ("wampler2", 0, 5, 12), ("wampler3", 0, 5, 11),
        ("wampler4", 0, 5, 9), ("wampler5", 0, 5, 7),
    ]

    @Test(arguments: sets) func polynomialHasTheCertifiedDigits(
        _ set: (name: String, lowest: Int, degree: Int, digits: Double)
    ) throws {
        let (y, x) = try Self.read(set.name)
        try check(set.name, Self.powers(x[0], from: set.lowest, through: set.degree), y, digits: set.digits)
    }

    @Test func longleyHasTheCertifiedDigits() throws {
        let (y, x) = try Self.read("longley")
        try check("longley", [Array(repeating: 1, count: y.count)] + x, y, digits: 12)
    }

    private func check(_ name: String, _ columns: [[Double]], _ y: [Double], digits: Double) throws {
        let certified = try Self.certified(name)
        let solution = try #require(LinearLeastSquares.solve(columns: columns, y, refinements: 3))
        for (value, truth) in zip(solution.coefficients, certified.coefficients) {
            #expect(Self.digits(value, truth) >= digits, "\(name): \(value) for \(truth)")
        }
        for (value, truth) in zip(solution.standardErrors, certified.standard_errors) {
            if truth == 0 {
                #expect(value < 1e-8, "\(name): standard error \(value)")
            } else {
                #expect(Self.digits(value, truth) >= min(digits, 7), "\(name): standard error \(value) for \(truth)")
            }
        }
    }

    @Test func danWoodPowerLawHasEightDigits() throws {
        let (y, x) = try Self.read("danwood")
        let certified = try Self.certified("DanWood")
        let abscissae = x[0].map { Abscissa(scaled: $0, logScaled: log($0)) }
        let points = try #require(FitPoints(
            abscissae: abscissae, responses: y, weights: y.map { _ in 1 }))
        let fit = try #require(PowerLaw().leastSquares(points))
        #expect(Self.digits(fit.theta[0], certified.coefficients[0]) >= 8)
        #expect(Self.digits(fit.theta[1], certified.coefficients[1]) >= 8)
        let residual = (fit.chiSquared / Double(y.count - 2)).squareRoot()
        #expect(Self.digits(residual, certified.residual_standard_deviation) >= 8)
    }
}
