import KernelSelection
import Testing
import TrialContract

/// Points from -5 to 5 scales, none of them special.
private func points(_ problem: ProblemCase) -> [Double] {
    (0..<211).map { (number: Int) -> Double in
        let share = (Double(number) + 0.37) / 211
        return (-5 + 10 * share) * problem.scale
    }
}

@Test func everyProblemIsExamined() {
    let examined = Set(ProblemCase.all.map(\.name))
    let separable = KernelSelection.catalogue.all(.problem).filter { $0.objective?.takesData != true }
    #expect(Set(separable.map(\.name)) == examined)
    for problem in separable { #expect(problem.objective != nil) }
}

@Test(arguments: ProblemCase.all.filter { $0.eigenvalues == nil })
func constantsAreThoseOfTheRegistration(problem: ProblemCase) throws {
    let description = try #require(KernelSelection.catalogue.find(.problem, problem.name))
    let stated = ProblemCase.statedConstants(description, problem.parameters)
    #expect(abs(stated.smoothness - problem.smoothness) <= 1e-13 * problem.smoothness)
    // The registration's constant is the same for all parameters: 0 where it is not always positive.
    #expect(stated.strongConvexity == 0 || abs(stated.strongConvexity - problem.strongConvexity) <= 1e-13)
}

@Test(arguments: ProblemCase.all)
func gradientsAreDerivatives(problem: ProblemCase) throws {
    let kernel = try KernelSelection.kernel()
    let step = 1e-5 * problem.scale
    for x in points(problem) {
        let here = kernel.values(problem, at: [x])
        let slope = (kernel.values(problem, at: [x + step]).suboptimality
            - kernel.values(problem, at: [x - step]).suboptimality) / (2 * step)
        let tolerance = 1e-5 * problem.smoothness * problem.scale
        #expect(abs(here.gradient[0] - slope) < tolerance, "at \(x)")
        #expect(abs(abs(here.gradient[0]) - here.gradientNorm) < 1e-14 * (abs(x) + here.gradientNorm), "at \(x)")
        #expect(here.suboptimality >= 0, "at \(x)")
    }
}

/// Slopes of the gradient between neighbours stay within [mu, beta], come close to beta, and are negative somewhere
/// just where the problem says it is not convex.
@Test(arguments: ProblemCase.all)
func smoothnessAndConvexityAreAsStated(problem: ProblemCase) throws {
    let kernel = try KernelSelection.kernel()
    let grid = (0...1600).map { (number: Int) -> Double in
        let share = Double(number) / 1600
        return (-4 + 8 * share) * problem.scale
    }
    let gradients = grid.map { kernel.values(problem, at: [$0]).gradient[0] }
    let slopes = grid.indices.dropFirst().map { (i: Int) -> Double in
        (gradients[i] - gradients[i - 1]) / (grid[i] - grid[i - 1])
    }
    let rounding = 1e-10 * problem.smoothness
    #expect(slopes.allSatisfy { abs($0) <= problem.smoothness + rounding })
    #expect((slopes.map(abs).max() ?? 0) > 0.999 * problem.smoothness)
    let least = slopes.min() ?? 0
    guard let isConvex = problem.isConvex else { return }
    if isConvex {
        #expect(least >= problem.strongConvexity - rounding)
        #expect(least < problem.strongConvexity + 0.02 * problem.smoothness)
    } else {
        #expect(least < -0.9 * (problem.smoothness - 4))
    }
}

@Test(arguments: ProblemCase.all)
func startsAreMeasuredFromAMinimiser(problem: ProblemCase) throws {
    let kernel = try KernelSelection.kernel()
    let statistics = ["distance", "suboptimality", "gradient_norm", "iterate"]
    let still = cell(learningRate: 1e-300)
    let minimum = kernel.outcomes(
        problem.trialClass("sam", start: .radius(0), statistics: statistics), [still], trials: 0..<1)
    #expect(minimum.values[0][0] < 1e-15 * problem.scale)
    #expect(minimum.values[1][0] < 1e-30 * problem.smoothness * problem.scale * problem.scale)
    #expect(minimum.values[2][0] < 1e-15 * problem.smoothness * problem.scale)
    let beside = kernel.outcomes(
        problem.trialClass("sam", start: .radius(problem.scale / 8), statistics: statistics), [still], trials: 0..<1)
    #expect(abs(beside.values[0][0] - problem.scale / 8) < 1e-14 * problem.scale)
    let vector = minimum.values[3][0] + problem.scale / 8
    #expect(abs(beside.values[3][0] - vector) < 1e-15 * problem.scale)
}

@Test func theNearestOfManyMinimisersCounts() throws {
    let kernel = try KernelSelection.kernel()
    let problem = ProblemCase("sine", ["smoothness": 1, "rho0": 2], smoothness: 1)
    // Minimisers -0.6 + 2.4 k.
    for (x, distance) in [(-0.6, 0.0), (0.5, 1.1), (0.7, 1.1), (1.8, 0), (1.5, 0.3), (-100.2, 1.2), (24.2, 0.8)] {
        #expect(abs(kernel.values(problem, at: [x]).distance - distance) < 1e-13, "at \(x)")
    }
}

@Test(arguments: ProblemCase.all.filter { $0.variance != nil })
func componentsAverageToTheGradientWithinTheStatedVariance(problem: ProblemCase) throws {
    let kernel = try KernelSelection.kernel()
    let bound = try #require(problem.variance)
    var largest = 0.0
    for x in points(problem) + [0, problem.scale] {
        let gradients = Set(kernel.componentGradients(problem, at: x)).sorted()
        let full = kernel.values(problem, at: [x]).gradient[0]
        #expect(gradients.count <= 2)
        let first = gradients[0], second = gradients[gradients.count - 1]
        let rounding = 1e-13 * (abs(x) + bound.squareRoot())
        #expect(abs((first + second) / 2 - full) <= rounding, "at \(x)")
        let variance = (second - full) * (second - full)
        #expect(variance <= bound * (1 + 1e-12))
        largest = max(largest, variance)
    }
    #expect(largest > 0.9 * bound)
}

/// Problems in several dimensions are sums over coordinates of the one-dimensional ones.
@Test(arguments: KernelSelection.catalogue.all(.problem).filter {
    $0.maximumDimension == nil && $0.objective?.takesData == false && $0.objective?.takesEigenvalues == false
}.map(\.name))
func separableProblemsAddUpTheirCoordinates(name: String) throws {
    let kernel = try KernelSelection.kernel()
    let problem = try #require(ProblemCase.all.first { $0.name == name })
    let x = [0.3, -1.7, 0.05, 2.2, -0.4, 0.9, 0]
    let whole = kernel.values(problem, at: x)
    let parts = x.map { kernel.values(problem, at: [$0]) }
    #expect(abs(whole.suboptimality - parts.reduce(0) { $0 + $1.suboptimality }) < 1e-13 * whole.suboptimality)
    for (j, part) in parts.enumerated() {
        #expect(abs(whole.gradient[j] - part.gradient[0]) < 1e-14 * problem.smoothness)
    }
}
