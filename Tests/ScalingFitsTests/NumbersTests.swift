import PortableMath
import Testing

@testable import ScalingFits

@Suite struct NumbersTests {
    @Test func exponentialAgreesWithTheCorrectlyRoundedOne() {
        let noise = SyntheticNoise(seed: 1)
        for index in 0..<5000 {
            let x = (noise.uniform(index, 0) - 0.5) * 200
            let exact = PortableMath.exp(x)
            #expect(abs(exponential(x) - exact) <= 4 * exact.ulp)
        }
        #expect(exponential(0) == 1)
        #expect(exponential(-1e6) > 0 && exponential(1e6).isFinite)
    }

    @Test(arguments: [
        (0.0, 3, "0"), (1.0, 3, "1.00"), (0.0123456, 3, "0.0123"), (9.9996, 4, "10.00"), (1234567, 3, "1.23e+06"),
        (1.5e-5, 2, "1.5e-05"), (-0.25, 1, "-0.3"), (123456, 3, "123000"), (2e-300, 3, "2.00e-300"),
        (0.00010, 2, "0.00010"),
    ]) func significantFigures(value: Double, digits: Int, text: String) {
        #expect(Figures.significant(value, digits) == text)
    }

    @Test(arguments: [
        (1.005, 1, "1.0"), (0.05, 1, "0.1"), (0.04, 1, "0.0"), (-0.04, 1, "0.0"), (99.95, 1, "100.0"), (2, 0, "2"),
        (0.5, 0, "1"), (1e-9, 3, "0.000"), (1234.5678, 2, "1234.57"),
    ]) func fixedDecimals(value: Double, decimals: Int, text: String) {
        #expect(Figures.fixed(value, decimals: decimals) == text)
    }

    @Test func shortestTextReadsBack() {
        #expect(Figures.shortest(2) == "2")
        #expect(Figures.shortest(0.1) == "0.1")
        #expect(Figures.shortest(1e-5) == "1e-05")
    }

    @Test func localExponentsOfACommonNoiseAreSharp() throws {
        let table = Synthetic.noisy(seed: 4, trials: 64, common: true) { $0 * $0 }
        var independent = table
        independent.sharesRandomNumbers = false
        let sharp = LocalExponents.of(table)
        let blunt = LocalExponents.of(independent)
        #expect(sharp.count == 12)
        #expect(zip(sharp, blunt).allSatisfy { $0.standardError < 0.5 * $1.standardError })
        #expect(sharp.allSatisfy { abs($0.slope - 2) < 5 * $0.standardError })
    }

    @Test func dependentColumnsHaveNoSolution() {
        #expect(LinearLeastSquares.solve(columns: [[1, 2, 3], [2, 4, 6]], [1, 2, 3]) == nil)
        #expect(LinearLeastSquares.solve(columns: [[1, .nan, 3]], [1, 2, 3]) == nil)
        #expect(LinearLeastSquares.solve(columns: [[0, 0, 0]], [1, 2, 3]) == nil)
    }
}
