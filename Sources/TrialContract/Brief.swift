/// A number as people write it: without a point where it is an integer; infinity as `inf`.
public func brief(_ value: Double) -> String {
    value == value.rounded() && value.magnitude <= 0x1p53 ? "\(Int(value))" : "\(value)"
}
