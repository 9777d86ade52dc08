import TrialContract

/// A problem and an optimizer, compiled together: what the block runner calls without knowing either.
struct Launcher: Sendable {
    let optimizerDescription: ComponentDescription
    let problemDescription: ComponentDescription
    let memoryVectors: Int
    let usesAscentNoise: Bool
    let usesDescentNoise: Bool
    /// Binds the pair to a block's class.
    let bind: @Sendable (TrialClass) -> BoundStepper

    init<P: Problem, O: Optimizer>(_: P.Type, _: O.Type) {
        optimizerDescription = O.description
        problemDescription = P.description
        memoryVectors = O.memoryVectors
        usesAscentNoise = O.ascentGradient == .ownNoise
        usesDescentNoise = O.descentIsNoisy || O.ascentGradient == .sharedNoise
        bind = { trialClass in
            let problem = P(trialClass)
            let stepper = Stepper<P, O>(
                problem: problem, optimizer: O(parameters: trialClass.optimizer.parameters))
            return BoundStepper(
                advance: { stepper.advance($0, count: $1, chunk: $2, observe: $3) },
                measure: { measure(problem, $0, dimension: $1) })
        }
    }
}

/// The two things done to iterates.
struct BoundStepper {
    let advance: (UnsafeMutablePointer<Slot>, Int, Chunk, ((Int, Int) -> Void)?) -> Void
    let measure: (UnsafeMutablePointer<Lanes>, Int) -> Measures
}

/// All measures of eight iterates.
func measure<P: Problem>(_ problem: P, _ x: UnsafeMutablePointer<Lanes>, dimension: Int) -> Measures {
    var distanceSquared = Lanes(repeating: 0)
    var suboptimality = Lanes(repeating: 0)
    var gradientSquared = Lanes(repeating: 0)
    for j in 0..<dimension {
        distanceSquared = distanceSquared.adding(x[j], times: x[j])
        suboptimality += problem.suboptimality(at: x[j], coordinate: j)
        let gradient = problem.gradient(at: x[j], coordinate: j, plus: Lanes(repeating: 0))
        gradientSquared = gradientSquared.adding(gradient, times: gradient)
    }
    return Measures(
        distanceSquared: distanceSquared,
        distance: norm(sumOfSquares: distanceSquared, dimension: dimension) { x[$0] },
        suboptimality: suboptimality, gradientSquared: gradientSquared)
}
