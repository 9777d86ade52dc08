/// An objective whose gradient takes all coordinates together.
protocol CoupledObjective: AnyObject {
    /// Slots whose gradients it takes together, at most.
    var slotsAtOnce: Int { get }
    /// Room for a gradient, d vectors, and for a point and a direction behind it; for each slot of those taken together.
    var gradient: UnsafeMutablePointer<Lanes> { get }
    var point: UnsafeMutablePointer<Lanes> { get }

    /// Writes a gradient at `x`.
    ///
    /// - Parameter sample: `count` vectors as the problem's sampler writes them for a step; `nil`: the exact gradient.
    func gradient(
        at x: UnsafePointer<Lanes>, sample: UnsafePointer<Lanes>?, count: Int,
        into gradient: UnsafeMutablePointer<Lanes>)

    /// Writes the gradients of some slots, at most `slotsAtOnce`: vector k of slot i, of points, samples and gradients, lies at
    /// k slots + i.
    ///
    /// - Parameter isKnown: whether the samples are those of the call before.
    func gradients(
        slots: Int, at x: UnsafePointer<Lanes>, sample: UnsafePointer<Lanes>?, isKnown: Bool, count: Int,
        into gradient: UnsafeMutablePointer<Lanes>)

    /// The objective on a sample; `nil`: f.
    func value(at x: UnsafeMutablePointer<Lanes>, sample: UnsafePointer<Lanes>?, count: Int) -> Lanes

    /// Writes the Hessian at `x` times the direction that stands behind it.
    func hessianProduct(
        at x: UnsafePointer<Lanes>, sample: UnsafePointer<Lanes>?, count: Int, into product: UnsafeMutablePointer<Lanes>)

    /// How many examples a sample of so many vectors has; without one, all.
    func exampleCount(sample: UnsafePointer<Lanes>?, count: Int) -> Int

    /// Writes the gradient of example `index` of a sample.
    func exampleGradient(
        at x: UnsafePointer<Lanes>, sample: UnsafePointer<Lanes>?, count: Int, index: Int,
        into gradient: UnsafeMutablePointer<Lanes>)

    func measure(_ x: UnsafeMutablePointer<Lanes>) -> Measures
}

/// An objective that is no sum over examples, or whose sample is one of them, has one.
extension CoupledObjective {
    func exampleCount(sample: UnsafePointer<Lanes>?, count: Int) -> Int { 1 }

    func exampleGradient(
        at x: UnsafePointer<Lanes>, sample: UnsafePointer<Lanes>?, count: Int, index: Int,
        into gradient: UnsafeMutablePointer<Lanes>
    ) {
        self.gradient(at: x, sample: sample, count: count, into: gradient)
    }
}

/// One that takes one slot after the other.
extension CoupledObjective {
    var slotsAtOnce: Int { 1 }

    func gradients(
        slots: Int, at x: UnsafePointer<Lanes>, sample: UnsafePointer<Lanes>?, isKnown: Bool, count: Int,
        into gradient: UnsafeMutablePointer<Lanes>
    ) {
        self.gradient(at: x, sample: sample, count: count, into: gradient)
    }
}
