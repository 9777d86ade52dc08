import TrialContract

/// The gradient an optimizer climbs before it descends.
enum AscentGradient {
    /// None: the descent gradient is taken at x itself.
    case none
    /// The full gradient, without noise.
    case exact
    /// The noise of the descent gradient, m-SAM's way.
    case sharedNoise
    /// Noise of its own, from the ascent stream, n-SAM's way.
    case ownNoise
}

/// One step of an optimizer, coordinate by coordinate:
///
///     g = grad f(x) + ascent noise            gradient(at x)
///     a = ascent(g, x), w = weight(a, x)      direction and weight
///     y = x + scale(rho, |w|) * a             |w|^2 = sum of w_j^2 over the coordinates
///     x = descend(x, grad f(y) + descent noise)
///
/// A new optimizer is a file with a type of this kind and one line in `Catalogue.swift`. Functions of a coordinate are
/// inlined into the loops: mark them `@inline(__always)`.
protocol Optimizer: SendableMetatype {
    static var description: ComponentDescription { get }
    static var ascentGradient: AscentGradient { get }
    /// Whether the descent gradient is noisy; full-gradient variants ignore noise in both places.
    static var descentIsNoisy: Bool { get }
    /// Vectors of d coordinates it keeps from step to step; they begin at 0.
    static var memoryVectors: Int { get }

    init(parameters: [String: Double])

    /// The direction to climb along this coordinate; `memory` points to this coordinate's `memoryVectors` values.
    /// Without memory it may be asked twice for a step, and answers the same.
    func ascent(gradient: Lanes, x: Lanes, memory: UnsafeMutablePointer<Lanes>) -> Lanes

    /// What this coordinate adds, squared, to the norm that the direction is divided by.
    func weight(direction: Lanes, x: Lanes) -> Lanes

    /// What the direction is multiplied with. `norm` is not 0.
    func scale(rho: Lanes, norm: Lanes) -> Lanes

    /// `scale` times `direction` in one dimension, where the norm is |weight|; to be stated where less work or rounding does.
    func displacementOnLine(rho: Lanes, direction: Lanes, weight: Lanes) -> Lanes

    /// The next iterate.
    func descend(x: Lanes, gradient: Lanes, learningRate: Lanes, memory: UnsafeMutablePointer<Lanes>) -> Lanes
}

extension Optimizer {
    static var name: String { description.name }
    /// With the parameters that all optimizers have, and with what the type says of itself.
    static var fullDescription: ComponentDescription {
        var description = description
        description.parameters += UpdateRule.parameters
        description.allowsReduction = self is any RotationInvariantOptimizer.Type
        return description
    }
    static var memoryVectors: Int { 0 }
    static var descentIsNoisy: Bool { true }
    /// Also where rho is 0: the ascent gradient is computed all the same.
    static var gradientsPerStep: Double { ascentGradient == .none ? 1 : 2 }

    @inline(__always)
    func ascent(gradient: Lanes, x: Lanes, memory: UnsafeMutablePointer<Lanes>) -> Lanes { gradient }

    @inline(__always)
    func weight(direction: Lanes, x: Lanes) -> Lanes { direction }

    @inline(__always)
    func scale(rho: Lanes, norm: Lanes) -> Lanes { rho / norm }

    @inline(__always)
    func displacementOnLine(rho: Lanes, direction: Lanes, weight: Lanes) -> Lanes {
        scale(rho: rho, norm: weight.absolute) * direction
    }

    @inline(__always)
    func descend(x: Lanes, gradient: Lanes, learningRate: Lanes, memory: UnsafeMutablePointer<Lanes>) -> Lanes {
        x.adding(-learningRate, times: gradient)
    }
}

/// Variants that climb along the gradient itself, not divided by its norm.
protocol UnnormalisedOptimizer: Optimizer {}

extension UnnormalisedOptimizer {
    @inline(__always)
    func scale(rho: Lanes, norm: Lanes) -> Lanes { rho }
}

/// Variants that climb along a direction divided by its own norm: neither `weight` nor `scale` is stated otherwise.
protocol NormalisedOptimizer: Optimizer {}

extension NormalisedOptimizer {
    /// In one dimension a direction divided by its norm is a sign.
    @inline(__always)
    func displacementOnLine(rho: Lanes, direction: Lanes, weight: Lanes) -> Lanes { rho.withSign(of: direction) }
}

/// Variants whose step sees the gradient alone and is the same in all directions, so that `ReducedStepper` can take it from
/// block norms: neither `ascent`, `weight` nor `descend` is stated otherwise, and nothing is kept from step to step.
protocol RotationInvariantOptimizer: Optimizer {}
