import Foundation
@testable import IterateMeasures
import Testing

private func diagonal(_ values: [Double]) -> ([Double]) -> [Double] { { zip(values, $0).map { $0 * $1 } } }

/// Reflected at a vector: eigenvalues stay, eigenvectors are no unit vectors any more.
private func reflected(_ values: [Double]) -> (product: ([Double]) -> [Double], mirror: ([Double]) -> [Double]) {
    let u = values.indices.map { sin(Double($0 * $0) + 1) }, square = dot(u, u)
    func mirror(_ x: [Double]) -> [Double] {
        var y = x
        add(-2 * dot(u, x) / square, u, to: &y)
        return y
    }
    return ({ x in mirror(zip(values, mirror(x)).map { $0 * $1 }) }, mirror)
}

private let short: [[Double]] = [
    [3], [2, -5], [-1, -2, -3], [1, 1, 1, 1], [0, 0, 0], [1e-12, 1, 1e12], [1, 1 - 1e-6, 0.5], [-1e6, 1e-3, 5e-4],
]
private let powers: [Double] = (0..<60).map { (i: Int) -> Double in pow(10, Double(i) / 10 - 3) }
private let cosines: [Double] = (0..<500).map { (i: Int) -> Double in cos(Double(i)) }
private let nearOne: [Double] = (0..<700).map { (i: Int) -> Double in i == 400 ? 1.001 : Double(i) / 700 }

@Test(arguments: short + [powers, cosines, nearOne])
func theLargestEigenvalueIsFound(values: [Double]) throws {
    let (product, mirror) = reflected(values)
    let found = try #require(Eigenpair.largest(dimension: values.count, product))
    let largest = try #require(values.max()), scale = values.reduce(0) { max($0, $1.magnitude) }
    #expect((found.value - largest).magnitude <= max(1e-8 * largest.magnitude, 1e-13 * scale))
    #expect((norm(found.vector) - 1).magnitude < 1e-13)
    // The residual says the same of the vector.
    var rest = product(found.vector)
    add(-found.value, found.vector, to: &rest)
    #expect(norm(rest) <= 2e-8 * max(largest.magnitude, 1e-5 * scale))
    // Where it is well separated, it is the reflected unit vector.
    if values == [2, -5] { #expect((dot(found.vector, mirror([1, 0])).magnitude - 1).magnitude < 1e-13) }
}

/// The second difference of n points: 2 + 2 cos(pi/(n + 1)), next to which others crowd.
@Test func crowdedEigenvaluesAreFound() throws {
    let n = 600
    let found = try #require(Eigenpair.largest(dimension: n) { x in
        (0..<n).map { (i: Int) -> Double in
            let before: Double = i > 0 ? x[i - 1] : 0, after: Double = i + 1 < n ? x[i + 1] : 0
            return 2 * x[i] - before - after
        }
    })
    let expected = 2 + 2 * cos(Double.pi / Double(n + 1))
    #expect((found.value - expected).magnitude <= 1e-8 * expected)
}

/// Of ten thousand: the second difference of as many points, at a random point's sines, and all of it reflected.
@Test(arguments: ["differences", "sines", "reflected", "negative"]) func tenThousandCrowdedEigenvaluesAreFound(kind: String) throws {
    let n = 10_000
    func difference(_ x: [Double]) -> [Double] {
        var y = x.map { 2 * $0 }
        for i in 1..<n {
            y[i] -= x[i - 1]
            y[i - 1] -= x[i]
        }
        return y
    }
    let sines = (0..<n).map { exp(sin(Double($0))) }, top = 2 + 2 * cos(Double.pi / Double(n + 1))
    let (product, expected): (([Double]) -> [Double], Double) = switch kind {
    case "differences": (difference, top)
    case "sines": (diagonal(sines), sines.max() ?? 0)
    case "reflected": (reflected(sines).product, sines.max() ?? 0)
    // All below zero: the largest is the smallest in magnitude.
    default: ({ x in zip(difference(x), x).map { $0 - 5 * $1 } }, top - 5)
    }
    var products = 0
    let found = try #require(Eigenpair.largest(dimension: n) { x in
        products += 1
        return product(x)
    })
    #expect((found.value - expected).magnitude <= 1e-8 * expected.magnitude, "\(kind): \(found.value) for \(expected)")
    var rest = product(found.vector)
    add(-found.value, found.vector, to: &rest)
    #expect(norm(rest) <= 2e-8 * expected.magnitude && (norm(found.vector) - 1).magnitude < 1e-13)
    #expect(products < 25_000, "\(kind): \(products)")
}

/// What is not found in so many steps is not invented: products that fail on the way.
@Test func whatIsNotFoundIsNothing() {
    let n = 20_000
    var products = 0
    let found = Eigenpair.largest(dimension: n) { x in
        products += 1
        if products > 600 { return [Double](repeating: .nan, count: n) }
        return (0..<n).map { Double($0) / Double(n) * x[$0] }
    }
    #expect(found == nil && products == 601)
}

@Test func tenThousandCoordinatesAreFewProducts() throws {
    let n = 10_000
    let values = (0..<n).map { $0 == 4321 ? 2.75 : exp(sin(Double($0))) }
    var products = 0
    let found = try #require(Eigenpair.largest(dimension: n) { x in
        products += 1
        return diagonal(values)(x)
    })
    let largest = try #require(values.max())
    #expect((found.value - largest).magnitude <= 1e-8 * largest)
    #expect(products < 4000)
}

@Test func whatIsNotFiniteHasNoEigenvalue() {
    #expect(Eigenpair.largest(dimension: 3) { x in [x[0], .infinity, x[2]] } == nil)
    #expect(Eigenpair.largest(dimension: 1) { _ in [.nan] } == nil)
}
