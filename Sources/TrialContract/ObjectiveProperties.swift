import PortableMath

/// Where a constant of an objective comes from.
public enum ObjectiveConstant: Sendable, Hashable {
    /// The spectrum: the largest eigenvalue for smoothness, the smallest for strong convexity.
    case ofSpectrum
    /// An expression over the problem's parameters, in the grammar of `where` and `derive`.
    case expression(String)
    /// The data: found together with the minimiser.
    case ofData
    /// No positive constant exists: smoothness is unbounded, or the objective is not strongly convex.
    case absent
}

/// What the planner must know of a problem: the values of `smoothness` and `strong_convexity` in expressions, and
/// whether the sweep file has to give eigenvalues.
public struct ObjectiveProperties: Sendable, Hashable {
    /// The least beta with |grad f(x) - grad f(y)| <= beta |x - y| everywhere.
    public let smoothness: ObjectiveConstant
    /// The largest mu with f - mu |x|^2 / 2 convex; 0 (`absent`) for objectives that are merely convex or not convex.
    public let strongConvexity: ObjectiveConstant
    /// Whether `eigenvalues` belong to it. Where not, a spectrum only states the dimension and its values are 1.
    public let takesEigenvalues: Bool
    /// The loss of a finite sum over a data set: `TrialClass.finiteSum` is then needed, and the number of its columns is
    /// the dimension. `nil` for every other objective.
    public let loss: LinearModel.Loss?
    /// The least value f*, where it is the same for all parameters.
    public let minimum: Double?
    /// Whether it is a sum of components of which only gradients are known.
    public let drawsComponents: Bool

    public var takesData: Bool { loss != nil }

    public init(
        smoothness: ObjectiveConstant, strongConvexity: ObjectiveConstant, takesEigenvalues: Bool = false,
        minimum: Double? = 0, drawsComponents: Bool = false
    ) {
        self.minimum = minimum
        self.drawsComponents = drawsComponents
        self.smoothness = smoothness
        self.strongConvexity = strongConvexity
        self.takesEigenvalues = takesEigenvalues
        loss = nil
    }

    /// Of a finite sum over a data set, whose constants are found together with the minimiser.
    public init(loss: LinearModel.Loss) {
        smoothness = .ofData
        strongConvexity = .ofData
        takesEigenvalues = false
        minimum = nil
        drawsComponents = false
        self.loss = loss
    }
}
