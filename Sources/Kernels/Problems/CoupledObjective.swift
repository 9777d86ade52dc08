/// An objective whose gradient takes all coordinates together.
protocol CoupledObjective: AnyObject {
    /// Room for a gradient and for a point, d vectors each.
    var gradient: UnsafeMutablePointer<Lanes> { get }
    var point: UnsafeMutablePointer<Lanes> { get }

    /// Writes a gradient at `x`.
    ///
    /// - Parameter sample: `count` vectors as the problem's sampler writes them for a step; `nil`: the exact gradient.
    func gradient(
        at x: UnsafePointer<Lanes>, sample: UnsafePointer<Lanes>?, count: Int,
        into gradient: UnsafeMutablePointer<Lanes>)

    func measure(_ x: UnsafeMutablePointer<Lanes>) -> Measures
}
