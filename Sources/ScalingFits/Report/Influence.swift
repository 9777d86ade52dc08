/// A law's exponent without one of its points.
package struct LeaveOneOut: Sendable, Equatable {
    /// The abscissa of the point that was left out.
    package var x: Double
    package var exponent: Double

    package init(x: Double, exponent: Double) {
        self.x = x
        self.exponent = exponent
    }
}

extension Candidate {
    /// Refits without each point in turn; empty for models without a free exponent or without a point to spare.
    func leaveOneOut(_ x: [Double], logScale: Double) -> [LeaveOneOut] {
        guard let lane = model.lane(of: .exponent), freedom > 0,
            points.count <= 64
        else { return [] }
        return indices.indices.compactMap { left in
            let others = indices.indices.filter { $0 != left }
            guard let theta = points.selecting(others).flatMap({ model.refined(fit, $0) }) else { return nil }
            return LeaveOneOut(x: x[indices[left]], exponent: model.reading(theta, logScale: logScale)[lane])
        }
    }
}

extension FitModel {
    /// The fit to slightly different points, beginning at a known one.
    fileprivate func refined(_ fit: ParametricFit, _ points: FitPoints) -> SIMD4<Double>? {
        GaussNewton(model: self, points: points).polish(fit).theta
    }
}
