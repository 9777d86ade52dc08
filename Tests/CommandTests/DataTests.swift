import Foundation
import Testing

/// Data of a problem in HDF5, as h5py and others write them.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"] != nil))
struct DataTests {
    private static let text = "+1 1:0.5 3:-2\n-1 2:4 3:1\n+1 1:1 2:1\n-1 1:-3 3:0.25\n+1 2:-0.125 3:1\n"

    private func sweep(_ file: String) -> String {
        """
        schema: 1
        name: data
        problem: {name: logistic, data: \(file), l2: 0.1, batch: 2}
        optimizer: [sgd, m-sam]
        steps: 50
        trials: 4
        axes: {rho: [0, 0.1], learning_rate: [0.1]}

        """
    }

    private func python(_ program: Program, _ script: String) throws {
        try program.write("write.py", script)
        let outcome = try RunningProgram(
            URL(filePath: try #require(ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"])), ["write.py"],
            in: program.folder, environment: [:]
        ).finish()
        #expect(outcome.status == 0, "\(outcome.messages)")
    }

    /// Single precision, integers, chunks and compression are all read.
    @Test func hdf5GivesTheTrialsOfTheSameText() throws {
        let program = try Program()
        try program.write("data.svm", Self.text)
        try program.write("text.yaml", sweep("data.svm"))
        try program.write("hdf5.yaml", sweep("data.h5"))
        try python(program, """
            import h5py, numpy
            x = numpy.zeros((5, 3), "f4")
            y = []
            for row, line in enumerate(open("data.svm")):
                words = line.split()
                y.append(int(words[0]))
                for word in words[1:]:
                    column, value = word.split(":")
                    x[row, int(column) - 1] = float(value)
            with h5py.File("data.h5", "w") as file:
                file.create_dataset("X", data=x, chunks=(2, 3), compression="gzip")
                file["y"] = numpy.array(y, "i1")
            """)
        #expect(try program.run("run", "text.yaml", "--output", "t.h5").status == 0)
        let run = try program.run("run", "hdf5.yaml", "--output", "h.h5")
        #expect(run.status == 0, "\(run.messages)")
        let trials = try program.run("export", "--trials", "t.h5").output
        #expect(trials.split(separator: "\n").count == 17)
        #expect(try program.run("export", "--trials", "h.h5").output == trials)
        #expect(try program.run("audit", "h.h5").status == 0)
    }

    /// The data lie beside the sweep file, the result elsewhere.
    @Test func auditAndMergeFindTheData() throws {
        let program = try Program()
        try program.write("sub/data.svm", Self.text)
        try program.write("sub/text.yaml", sweep("data.svm"))
        #expect(try program.run("run", "sub/text.yaml", "--output", "out/whole.h5").status == 0)
        let audit = try program.run("audit", "out/whole.h5")
        #expect(audit.status == 0, "\(audit.messages)")
        #expect(try program.run("run", "sub/text.yaml", "--shard", "0/2", "--output", "out/0.h5").status == 0)
        let merge = try program.run("merge", "out/0.h5", "--output", "out/merged.h5")
        #expect(merge.status == 0 && merge.messages.contains("samsweep run \(program.path("sub/text.yaml")) --shard 1/2"), "\(merge.messages)")
    }

    @Test(arguments: [
        ("x = numpy.zeros((5, 3)); y = numpy.zeros(4)", "[5, 3] and [4]"),
        ("x = numpy.full((2, 2), numpy.nan); y = numpy.zeros(2)", "X has a value that is no number"),
        ("x = numpy.array([b'a']); y = numpy.zeros(1)", "it does not hold numbers"),
        ("x = None; y = numpy.zeros(1)", "there is no such dataset"),
    ])
    func whatIsWrongWithItIsSaid(data: String, message: String) throws {
        let program = try Program()
        try program.write("sweep.yaml", sweep("data.h5"))
        try python(program, """
            import h5py, numpy
            \(data)
            with h5py.File("data.h5", "w") as file:
                if x is not None: file["X"] = x
                file["y"] = y
            """)
        let outcome = try program.run("plan", "sweep.yaml")
        #expect(outcome.status == 65 && outcome.messages.contains(message), "\(outcome.messages)")
    }

    /// X as the text has it, y as -1 and 1, in all the ways in which others write them; the values are exact.
    @Test func whatOthersWriteRightlyIsRead() throws {
        let program = try Program()
        try program.write("data.svm", Self.text)
        try program.write("text.yaml", sweep("data.svm"))
        try python(program, """
            import h5py, netCDF4, numpy
            x = numpy.array([[0.5, 0, -2], [0, 4, 1], [1, 1, 0], [-3, 0, 0.25], [0, -0.125, 1]])
            y = numpy.array([1, -1, 1, -1, 1])
            def write(name, x=x, y=y, **options):
                with h5py.File(name, "w", **options) as file:
                    file["X"] = x
                    file["y"] = y
            write("latest.h5", libver="latest")
            write("v110.h5", libver=("v110", "v110"))
            write("block.h5", userblock_size=2048)
            write("column.h5", y=y[:, None])
            write("boolean.h5", y=y > 0)
            write("unsigned.h5", y=(y > 0).astype("u8"))
            with h5py.File("soft.h5", "w") as file:
                file["deep/X"] = x
                file["X"] = h5py.SoftLink("/deep/X")
                file["y"] = y
            with h5py.File("matlab.h5", "w", userblock_size=512) as file:
                for name, value in [("X", x.T), ("y", y[None, :])]:
                    file[name] = value
                    file[name].attrs["MATLAB_class"] = numpy.bytes_("double")
            def pack(name, kind, scale, offset, unsigned=False, fill=None):
                with netCDF4.Dataset(name, "w") as file:
                    file.createDimension("n", 5)
                    file.createDimension("p", 3)
                    variable = file.createVariable("X", kind, ("n", "p"), fill_value=fill)
                    variable.scale_factor, variable.add_offset = scale, offset
                    variable.set_auto_maskandscale(False)
                    packed = ((x - offset) / scale)
                    if unsigned: variable.setncattr("_Unsigned", "true")
                    variable[:] = packed.astype("u1").view("i1") if unsigned else packed.astype(kind)
                    file.createVariable("y", "i1", ("n",))[:] = y
                    variable.set_auto_maskandscale(True)
                    assert (variable[:] == x).all() and not numpy.ma.is_masked(variable[:])
            pack("packed.nc", "i2", 0.125, 0.0, fill=-32768)
            pack("shifted.nc", "i4", 0.125, -0.5)
            pack("bytes.nc", "i1", 0.125, -16.0, unsigned=True)
            """)
        #expect(try program.run("run", "text.yaml", "--output", "t.h5").status == 0)
        let trials = try program.run("export", "--trials", "t.h5").output
        let files = [
            "latest.h5", "v110.h5", "block.h5", "column.h5", "boolean.h5", "unsigned.h5", "soft.h5", "matlab.h5",
            "packed.nc", "shifted.nc", "bytes.nc",
        ]
        for file in files {
            try program.write("other.yaml", sweep(file))
            let run = try program.run("run", "other.yaml", "--fresh", "--output", "o.h5")
            #expect(run.status == 0, "\(file): \(run.messages)")
            #expect(try program.run("export", "--trials", "o.h5").output == trials, "\(file)")
        }
    }

    /// Each refused with what is wrong, none waited for.
    @Test func whatWouldBeMisreadIsRefusedByName() throws {
        let program = try Program()
        try python(program, """
            import h5py, netCDF4, numpy, os
            x, y = numpy.arange(15.0).reshape(5, 3), numpy.array([1, -1, 1, -1, 1])
            def write(name, **more):
                return h5py.File(name, "w")
            with write("other.h5") as file: file["X"] = x
            os.mkfifo("pipe")
            for name, link in [("link.h5", h5py.ExternalLink("other.h5", "/X")), ("wait.h5", h5py.ExternalLink("pipe", "/X"))]:
                with write(name) as file: file["X"] = link; file["y"] = y
            with write("soft.h5") as file:
                file["g"] = h5py.ExternalLink("other.h5", "/")
                file["X"] = h5py.SoftLink("g/X")
                file["y"] = y
            with write("virtual.h5") as file:
                layout = h5py.VirtualLayout((5, 3), "f8")
                layout[...] = h5py.VirtualSource("nosuch.h5", "X", (5, 3))
                file.create_virtual_dataset("X", layout)
                file["y"] = y
            with write("raw.h5") as file:
                file.create_dataset("X", (5, 3), "f8", external=[("raw.bin", 0, 120)])
                file["y"] = y
            with write("never.h5") as file: file.create_dataset("X", (5, 3), "f8"); file["y"] = y
            with write("lzf.h5") as file: file.create_dataset("X", data=x, compression="lzf"); file["y"] = y
            with write("names.h5") as file:
                file["X"] = x
                file.create_dataset("y", data=y % 2, dtype=h5py.enum_dtype({"cat": 0, "dog": 1}, "i1"))
            with write("wide.h5") as file:
                file.create_dataset("X", (1, 49_000_000), "i1", chunks=(1, 1_000_000), compression="gzip")[0, 0] = 1
                file["y"] = [1.0]
            with write("bomb.h5") as file:
                file.create_dataset("X", (100_000, 100_000), "f8", chunks=(1000, 1000), fillvalue=1, compression="gzip")[0, 0] = 1
                file["y"] = numpy.ones(100_000)
            def packed(name, kind="f8", fill=None, mask=None, **attributes):
                with netCDF4.Dataset(name, "w") as file:
                    file.createDimension("n", 5)
                    file.createDimension("p", 3)
                    variable = file.createVariable("X", kind, ("n", "p"), fill_value=fill)
                    for key, value in attributes.items(): variable.setncattr(key, value)
                    if mask != "rest": variable[:] = numpy.ma.array(x, mask=x == mask)
                    else: variable[:4] = x[:4]
                    file.createVariable("y", "i1", ("n",))[:] = y
            packed("fill.nc", mask=7)
            packed("short.nc", "i2", mask=7)
            packed("own.nc", "i2", fill=-32768, mask=7, scale_factor=0.01)
            packed("rest.nc", "f4", mask="rest")
            packed("missing.nc", missing_value=numpy.array([3.0, 5.0]))
            packed("least.nc", valid_min=1.0)
            packed("range.nc", valid_range=numpy.array([0.0, 13.0]))
            with write("words.h5") as file: file["X"] = x; file["X"].attrs["scale_factor"] = "0.01"; file["y"] = y
            open("damaged.svm", "wb").write(b"1 1:1\\n-1 1:2 2:1\\0garbage\\n")
            open("label.svm", "wb").write(b"-1\\0003 1:1\\n1 1:2\\n")
            open("packed.svm", "wb").write(bytes([0x1F, 0x8B, 8, 0]))
            """)
        for (file, message) in [
            ("link.h5", "X of link.h5: it is a link into other.h5"), ("wait.h5", "it is a link into pipe"),
            ("soft.h5", "it is a link into other.h5"), ("virtual.h5", "it is a virtual dataset"),
            ("raw.h5", "its numbers lie in another file"), ("never.h5", "nothing was ever written to it"),
            ("lzf.h5", "the filter LZF (32000)"), ("names.h5", "y of names.h5: it holds names"),
            ("wide.h5", "49000000 columns: more than 10000"), ("bomb.h5", "more than 50000000 numbers"),
            ("fill.nc", "position 7 is 9.96920997e+36, netCDF's fill"), ("short.nc", "position 7 is -32767, netCDF's fill"),
            ("own.nc", "position 7 is -32768, its _FillValue"), ("rest.nc", "position 12 is 9.96920997e+36, netCDF's fill"),
            ("missing.nc", "position 3 is 3, its missing_value"), ("least.nc", "position 0 is 0, outside its valid range"),
            ("range.nc", "position 14 is 14, outside"), ("words.h5", "its attribute scale_factor"),
            ("pipe", "is no regular file but a fifo"), ("damaged.svm", "NUL byte stands in line 2"),
            ("label.svm", "NUL byte stands in line 1"), ("packed.svm", "is packed with gzip"), (".", "is a folder"),
        ] {
            try program.write("sweep.yaml", sweep(file))
            let outcome = try program.run("plan", "sweep.yaml")
            #expect(outcome.status == 65 && outcome.messages.contains(message), "\(file): \(outcome.messages)")
        }
    }

    /// The curvature that NumPy finds of what netCDF4 decodes.
    @Test func packedNumbersHaveTheCurvatureThatNumPyFinds() throws {
        let program = try Program()
        try program.write("sweep.yaml", sweep("packed.nc").replacing("l2: 0.1", with: "l2: 0.1, standardise: false"))
        try python(program, """
            import netCDF4, numpy
            with netCDF4.Dataset("packed.nc", "w") as file:
                file.createDimension("n", 40)
                file.createDimension("p", 3)
                variable = file.createVariable("X", "i2", ("n", "p"), fill_value=-32768)
                variable.scale_factor = 0.01
                variable[:] = numpy.random.default_rng(7).normal(size=(40, 3))
                file.createVariable("y", "i1", ("n",))[:] = numpy.arange(40) % 2
            """)
        let run = try program.run("run", "sweep.yaml", "--output", "r.h5")
        #expect(run.status == 0, "\(run.messages)")
        try python(program, """
            import h5py, netCDF4, numpy
            x = numpy.asarray(netCDF4.Dataset("packed.nc")["X"][:])
            a = numpy.c_[x, numpy.ones(40)]
            right = numpy.linalg.eigvalsh(a.T @ a / 40).max() / 4 + 0.1
            found = h5py.File("r.h5")["smoothness"][()]
            assert abs(found / right - 1) < 1e-12, (found, right)
            """)
    }

    @Test func aDamagedFileIsReportedNotSuffered() throws {
        let program = try Program()
        try program.write("sweep.yaml", sweep("data.h5"))
        let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
        try Data(signature + Array("and then nothing of the kind".utf8)).write(to: URL(filePath: program.path("data.h5")))
        let outcome = try program.run("plan", "sweep.yaml")
        #expect(outcome.status == 65 && outcome.messages.contains("libhdf5 cannot read it"), "\(outcome.messages)")
    }

    /// Whoever wrote a result decides which files its sweep names: nothing of another file's content is told.
    @Test func aResultTellsNothingOfTheFilesThatItNames() throws {
        let program = try Program()
        try program.write("data.svm", Self.text)
        try program.write("table.csv", "1\n2\n")
        try program.write("data.yaml", sweep("data.svm"))
        try program.write("table.yaml", """
            schema: 1
            name: table
            problem: {name: own, constants: {c: {file: table.csv}}, variables: {u: 2}, objective: "sum((u - c)^2)", start: {u: 1}}
            optimizer: sgd
            steps: 3
            learning_rate: 0.1
            record: [objective]

            """)
        for (sweep, named) in [("data", "data.svm"), ("table", "table.csv")] {
            let run = try program.run("run", "\(sweep).yaml", "--output", "\(sweep).h5")
            #expect(run.status == 0, "\(run.messages)")
            try program.write(named, "root:secret:19000\n")
            for command in [["audit"], ["fit", "--theory"], ["plan"]] {
                let outcome = try program.finish(program.start([command[0], "\(sweep).h5"] + command.dropFirst()))
                let words = outcome.output + outcome.messages
                #expect(!words.contains("root") && !words.contains("secret"), "\(command): \(words)")
                #expect(command[0] == "fit" || outcome.status == 65 && words.contains(named), "\(command): \(outcome)")
            }
        }
    }

    /// Nobody wonders what planning does; the answer alone goes to the standard output.
    @Test func planningOverLargeDataSaysWhatItIsDoing() throws {
        let program = try Program()
        try program.write("big.txt", (0..<10_001).map { "\($0 / 7 % 2) \($0 % 100 + 1):\(1 + $0 % 3)" }.joined(separator: "\n"))
        try program.write("small.txt", "0 1:1\n1 1:2\n")
        for (name, isTold) in [("big.txt", true), ("small.txt", false)] {
            try program.write("sweep.yaml", """
                schema: 1
                name: large
                problem: {name: logistic, data: \(name), l2: 0.1, batch: 1}
                optimizer: sgd
                steps: 5
                axes: {learning_rate: [0.1]}
                """)
            let plan = try program.run("plan", "sweep.yaml")
            #expect(plan.status == 0, "\(plan.messages)")
            let word = "samsweep: looking for the minimiser over 10,001 examples of 100 numbers in big.txt"
            #expect(plan.messages.contains(word) == isTold && !plan.output.contains("looking"), "\(plan.messages)")
        }
    }

    /// Where nothing was run, a second plan reads what the first one found, from whatever folder, and two at once do each other no harm;
    /// what was changed is not believed, nor what is no minimiser of these data.
    @Test func aMinimiserIsKeptForPlansToCome() throws {
        let program = try Program(), apart = try Program()
        let lines = (0..<1500).map { "\($0 / 7 % 2) \($0 % 700 + 1):\(1 + $0 % 3)" }
        for place in [program, apart] {
            try place.write("big.txt", lines.joined(separator: "\n"))
            try place.write("sweep.yaml", """
                schema: 1
                name: large
                problem: {name: logistic, data: big.txt, l2: 0.1, batch: 1}
                optimizer: sgd
                steps: 5
                axes: {learning_rate: [0.1]}
                """)
        }
        let cache = ["SAMSWEEP_CACHE": program.path("kept/here")], found = "looking for the minimiser", known = "that was found before and kept"
        let both = try (0..<2).map { _ in try program.start(["plan", "sweep.yaml"], environment: cache) }.map { try $0.finish() }
        #expect(both.allSatisfy { $0.status == 0 && Self.numbers($0.output) == Self.numbers(both[0].output) }, "\(both)")
        #expect(both.contains { $0.messages.contains(found) }, "\(both)")
        // Both kept the same under the same name, whole.
        let files = program.files.filter { $0.hasPrefix("kept/") }
        #expect(files.count == 1 && files[0].hasSuffix(".txt") && program.files.count == 3, "\(program.files)")
        let again = try apart.run("plan", "sweep.yaml", environment: cache)
        #expect(again.status == 0 && again.messages.contains(known) && !again.messages.contains(found), "\(again)")
        #expect(Self.numbers(again.output) == Self.numbers(both[0].output))
        #expect(try apart.run("plan", "sweep.yaml").messages.contains(found) && apart.files.count == 2)
        // Another number of the minimiser, and its sum made anew, is looked at and not believed; a number of a curvature alone not even that.
        let text = try String(contentsOf: program.folder.appending(path: files[0]), encoding: .utf8)
        let kept = text.split(separator: "\n").map(String.init)
        for line in [2, 3] {
            var changed = kept, words = changed[line].split(separator: " ").map(String.init)
            words[words.count - 1] = String(UInt64(words[words.count - 1], radix: 16)! ^ 1 << 45, radix: 16)
            changed[line] = words.joined(separator: " ")
            try program.write("body", changed[..<4].joined(separator: "\n") + "\n")
            let sum = try RunningProgram(URL(filePath: "/usr/bin/sha256sum"), ["body"], in: program.folder, environment: [:]).finish()
            if line == 3 { changed[4] = "sha256 \(sum.output.prefix(64))" }
            try program.write(files[0], changed.joined(separator: "\n") + "\n")
            let plan = try apart.run("plan", "sweep.yaml", environment: cache)
            #expect(plan.status == 0 && plan.messages.contains(line == 3 ? known : found), "\(plan)")
            #expect(Self.numbers(plan.output) == Self.numbers(both[0].output))
        }
        // Of more than 64 the oldest go.
        try FileManager.default.removeItem(at: program.folder.appending(path: files[0]))
        let others = (0..<70).map { "kept/here/minimum-\($0).txt" }
        for (k, other) in others.enumerated() {
            try program.write(other, "samsweep minimum 1\n")
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1e9 + Double(k))], ofItemAtPath: program.path(other))
        }
        #expect(try apart.run("plan", "sweep.yaml", environment: cache).messages.contains(found))
        #expect(Set(program.files.filter { $0.hasPrefix("kept/") }) == Set(others[7...] + [files[0]]))
        // In the user's folder where nothing else is said, which is none where it is relative; and nowhere where that is said.
        let xdg = apart.path("xdg"), home = apart.path("home")
        let places: [(folders: [String], place: String?)] = [
            (["SAMSWEEP_CACHE=", "XDG_CACHE_HOME=\(xdg)", "HOME=\(home)"], nil), (["XDG_CACHE_HOME=\(xdg)", "HOME=\(home)"], "xdg/samsweep/"),
            (["XDG_CACHE_HOME=xdg", "HOME=\(home)"], "home/.cache/samsweep/"), (["XDG_CACHE_HOME=", "HOME=home"], nil),
        ]
        for (folders, place) in places {
            let plan = try RunningProgram(
                URL(filePath: "/usr/bin/env"), ["-u", "SAMSWEEP_CACHE"] + folders + [Program.executable.path, "plan", "sweep.yaml"],
                in: apart.folder, environment: [:]).finish()
            #expect(plan.status == 0 && plan.messages.contains(found), "\(folders): \(plan)")
            let new = apart.files.filter { $0.hasSuffix(".txt") && $0 != "big.txt" }
            #expect(place == nil ? new.isEmpty : new.count == 1 && new[0].hasPrefix(place!), "\(folders): \(new)")
            for folder in [xdg, home] where FileManager.default.fileExists(atPath: folder) { try FileManager.default.removeItem(atPath: folder) }
        }
    }

    /// What a result holds is checked and not found again, unless it belongs to another problem or to other data.
    @Test func aMinimiserThatAResultHoldsIsNotFoundAgain() throws {
        let program = try Program(), apart = try Program()
        let lines = (0..<10_001).map { "\($0 / 7 % 2) \($0 % 100 + 1):\(1 + $0 % 3)" }
        let sweep = """
            schema: 1
            name: large
            problem: {name: logistic, data: big.txt, l2: 0.1, batch: 1}
            optimizer: sgd
            steps: 5
            trials: 2
            axes: {learning_rate: [0.1]}
            """
        let found = "looking for the minimiser", checked = "checking the minimiser that a result holds"
        for place in [program, apart] {
            try place.write("big.txt", lines.joined(separator: "\n"))
            try place.write("sweep.yaml", sweep)
        }
        let run = try program.run("run", "sweep.yaml")
        #expect(run.status == 0 && run.messages.contains(found), "\(run)")
        for command in [["plan", "sweep.yaml"], ["run", "sweep.yaml"], ["audit", "Results/large.h5"], ["verify", "sweep.yaml"]] {
            let again = try program.start(command).finish()
            #expect(again.messages.contains(checked) && !again.messages.contains(found), "\(command): \(again)")
        }
        // A plan says what looking for it took, where it had to be looked for.
        for (place, isFound) in [(program, false), (apart, true)] {
            let plan = try place.run("plan", "sweep.yaml", "--format", "json")
            let values = try #require(try JSONSerialization.jsonObject(with: Data(plan.output.utf8)) as? [String: Any])
            let seconds = values["minimiser_seconds"] as? Double
            #expect(values.keys.contains("minimiser_seconds") && (seconds != nil) == isFound && seconds ?? 1 > 0, "\(plan)")
        }
        // The plan is the same as where no result lies, to the last digit.
        for change in ["problem.l2=0.1", "problem.l2=0.2"] {
            let here = try program.run("plan", "sweep.yaml", "--set", change), there = try apart.run("plan", "sweep.yaml", "--set", change)
            #expect(here.status == 0 && there.messages.contains(found), "\(there)")
            #expect(Self.numbers(here.output) == Self.numbers(there.output), "\(change)")
        }
        // A submission finds it once: every task reads it in the first shard's result, which is there, without trials.
        let submit = try apart.run("submit", "sweep.yaml", "--scheduler", "slurm", "--shards", "2", "--output", "jobs")
        #expect(submit.status == 0 && submit.messages.contains(found), "\(submit)")
        let first = try apart.run("status", "jobs/shards/shard-0-of-2.h5")
        #expect(first.status == 0 && first.output.contains("done      0 of 2 trials"), "\(first)")
        for shard in [1, 0] {
            let task = try apart.run("run", "jobs/sweep.yaml", "--shard", "\(shard)/2", "--output", "jobs/shards/shard-\(shard)-of-2.h5")
            #expect(task.status == 0 && task.messages.contains(checked) && !task.messages.contains(found), "\(task)")
        }
        let merge = try apart.run("merge", "jobs/shards/shard-0-of-2.h5", "jobs/shards/shard-1-of-2.h5", "--output", "jobs/large.h5")
        let merged = try apart.run("export", "jobs/large.h5"), whole = try program.run("export", "Results/large.h5")
        #expect(merge.status == 0 && merged.status == 0 && merged.output == whole.output, "\(merge)")
        let again = try apart.run("submit", "sweep.yaml", "--scheduler", "slurm", "--shards", "2", "--output", "jobs")
        #expect(again.status == 0, "\(again)")

        try program.write("big.txt", ([lines[1]] + lines.dropFirst()).joined(separator: "\n"))
        let other = try program.run("plan", "sweep.yaml")
        #expect(other.status == 0 && other.messages.contains(found), "\(other)")
    }

    /// The lines of a plan that do not depend on the machine's speed.
    private static func numbers(_ plan: String) -> [Substring] {
        plan.split(separator: "\n").filter { line in
            // What the search took is a time.
            ["minimis", "minimum", "smoothness", "strong", "fingerprint"].contains { line.contains($0) } && !line.hasPrefix("minimiser ")
        }
    }
}
