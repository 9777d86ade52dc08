import Foundation
import PortableMath
import Testing

/// The shipped Wisconsin data, standardised, with a column of ones.
private let wisconsin: (features: [Double], targets: [Double]) = {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Sweeps/data/breast-cancer.svm")
    let lines = ((try? String(contentsOf: url, encoding: .utf8)) ?? "").split(separator: "\n")
    var rows: [[Double]] = [], targets: [Double] = []
    for line in lines {
        let fields = line.split(separator: " ")
        var row = [Double](repeating: 0, count: 30)
        for field in fields.dropFirst() {
            let parts = field.split(separator: ":")
            row[(Int(parts[0]) ?? 1) - 1] = Double(parts[1]) ?? .nan
        }
        rows.append(row)
        targets.append(Double(fields[0]) ?? .nan)
    }
    for j in 0..<30 {
        let column = rows.map { $0[j] }
        let mean = column.reduce(0, +) / Double(rows.count)
        let deviation = (column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows.count)).squareRoot()
        for i in rows.indices { rows[i][j] = (rows[i][j] - mean) / deviation }
    }
    return (rows.flatMap { $0 + [1] }, targets)
}()

private func model(_ loss: LinearModel.Loss, _ l2: Double) -> LinearModel {
    LinearModel(loss: loss, features: wisconsin.features, targets: wisconsin.targets, columns: 31, l2: l2)
}

/// Minima computed with NumPy 2: Newton's method and least squares by singular values.
@Test(arguments: [
    (LinearModel.Loss.logistic, 0.01, 0.10044630378120592, 2.3585598313544476, 3.33040192056448, 0.01),
    (.logistic, 1e-4, 0.04265562727049042, 10.796202528220268, 3.3205019205644803, 1e-4),
    (.leastSquares, 0, 0.10551000886103823, 3.031669822662289, 13.28160768225792, 0.00013304482282143997),
    (.leastSquares, 0.1, 0.12915022126747897, 0.48809704412081273, 13.381607682257929, 0.1001330448228229),
])
func minimaOfTheWisconsinDataAreThoseOfNumPy(
    loss: LinearModel.Loss, l2: Double, value: Double, norm: Double, smoothness: Double, strongConvexity: Double
) throws {
    let minimum = try model(loss, l2).minimum()
    #expect(minimum.relativeGradientNorm <= 1e-14)
    #expect(abs(minimum.value - value) < 1e-14)
    #expect(abs(minimum.minimiser.reduce(0) { $0 + $1 * $1 }.squareRoot() - norm) < 1e-10 * norm)
    #expect(abs(minimum.smoothness - smoothness) < 1e-13 * smoothness)
    #expect(abs(minimum.strongConvexity - strongConvexity) < 1e-14 * max(1, smoothness))
}

@Test(arguments: [LinearModel.Loss.logistic, .leastSquares])
func gradientsAndHessiansAreDerivatives(loss: LinearModel.Loss) {
    let model = model(loss, 0.03)
    let x = (0..<31).map { 0.1 * Double($0 % 7) - 0.3 }
    let gradient = model.gradient(x), hessian = model.hessian(x)
    for j in [0, 7, 30] {
        func moved(_ by: Double) -> [Double] {
            var y = x
            y[j] += by
            return y
        }
        let slope = (model.value(moved(1e-5)) - model.value(moved(-1e-5))) / 2e-5
        #expect(abs(slope - gradient[j]) < 1e-8 * (1 + abs(slope)))
        let slopes = zip(model.gradient(moved(1e-5)), model.gradient(moved(-1e-5))).map { ($0 - $1) / 2e-5 }
        for k in 0..<31 { #expect(abs(slopes[k] - hessian[j * 31 + k]) < 1e-7) }
    }
}

@Test func aSeparableOrSingularModelHasNoMinimiser() {
    let separable = LinearModel(loss: .logistic, features: [-2, -1, 1, 2], targets: [-1, -1, 1, 1], columns: 1, l2: 0)
    #expect(throws: LinearModelError.self) { try separable.minimum() }
    let singular = LinearModel(
        loss: .leastSquares, features: [1, 2, 2, 4, 3, 6], targets: [1, 0, 2], columns: 2, l2: 0)
    #expect(throws: LinearModelError.notStronglyConvex) { try singular.minimum() }
}

@Test func aModelWhoseGradientVanishesAtZeroHasItsMinimumThere() throws {
    let model = LinearModel(loss: .leastSquares, features: [1, -1, 2, 3], targets: [0, 0], columns: 2, l2: 0.5)
    #expect(try model.minimum().minimiser == [0, 0])
}

/// The second difference's matrix has eigenvalues 2 - 2 cos(k pi/(n + 1)); a similar full matrix has the same ones.
@Test(arguments: [1, 2, 3, 20])
func curvatureIsThatOfTheGramMatrix(size: Int) throws {
    // Rows of a factor whose Gram matrix is the second difference: e_1, e_2 - e_1, …, -e_n.
    var features: [Double] = []
    for row in 0...size {
        for j in 0..<size { features.append(j == row ? 1 : j == row - 1 ? -1 : 0) }
    }
    let rows = Double(size + 1)
    let model = LinearModel(
        loss: .leastSquares, features: mixed(features, size: size), targets: (0...size).map { Double($0) },
        columns: size, l2: 0)
    let minimum = try model.minimum()
    #expect(abs(minimum.smoothness * rows - (2 - 2 * cos(Double(size) * Double.pi / rows))) < 1e-13)
    #expect(abs(minimum.strongConvexity * rows - (2 - 2 * cos(Double.pi / rows))) < 1e-13)
}

/// Columns turned by a reflection, which keeps the eigenvalues and fills the matrix.
private func mixed(_ features: [Double], size: Int) -> [Double] {
    let v = (0..<size).map { 1 + 0.3 * Double($0 % 4) }
    let square = v.reduce(0) { $0 + $1 * $1 }
    return stride(from: 0, to: features.count, by: size).flatMap { start -> [Double] in
        let projection = (0..<size).reduce(0) { $0 + features[start + $1] * v[$1] }
        return (0..<size).map { features[start + $0] - 2 * projection * v[$0] / square }
    }
}
