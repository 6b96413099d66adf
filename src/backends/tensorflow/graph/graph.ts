import type { AttrValue, GraphDef, Messages, Tensor, TensorInfo, TensorShape } from "./messages.ts";

export type GraphDType = "float32" | "int32";

/** An output of a node, such as `MatMul_3` or `Split_1:2`. Shapes are not tracked: TensorFlow checks them. */
export type Ref = string;

/** The value of an attribute, tagged with its kind. */
export type Attribute =
  | { readonly type: GraphDType | "bool" | "resource" }
  | { readonly b: boolean }
  | { readonly i: number }
  | { readonly f: number }
  | { readonly s: string }
  /** -1 where a dimension is open. */
  | { readonly shape: readonly number[] }
  | { readonly tensor: ConstantValue };

export interface ConstantValue {
  readonly dtype: GraphDType;
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** A value that a SavedModel is fed with or gives: float32, -1 where a dimension is open. */
export interface SignatureValue {
  /** Of its node. */
  readonly name: string;
  readonly shape: readonly number[];
}

/** Numbers of TensorFlow's DataType. */
const TYPES = { float32: 1, int32: 3, bool: 10, resource: 20 } as const;
/** The version of the graph's meaning that these ops were written for. */
const PRODUCER = 2474;

/**
 * Writes a TensorFlow graph, node by node. Everything that it makes is a name; nothing runs before the graph is loaded into a
 * `GraphSession`.
 */
export class Graph {
  readonly #messages: Messages;
  readonly #graph: GraphDef;
  readonly #constants = new Map<string, Ref>();
  readonly #variables = new Map<string, GraphDType>();
  #count = 0;

  constructor(messages: Messages) {
    this.#messages = messages;
    this.#graph = new messages.GraphDef();
    const version = new messages.VersionDef();
    version.setProducer(PRODUCER);
    this.#graph.setVersions(version);
  }

  /** Adds a node. `after` are nodes that must have run before. */
  op(
    op: string,
    inputs: readonly Ref[],
    attributes: Readonly<Record<string, Attribute>> = {},
    options: { readonly name?: string; readonly after?: readonly Ref[] } = {},
  ): Ref {
    const node = new this.#messages.NodeDef();
    // TensorFlow sorts the inputs of sums by name: with all digits, they stay in their order, wherever in a graph they are.
    const name = options.name ?? `${op}_${String(this.#count++).padStart(6, "0")}`;
    node.setName(name);
    node.setOp(op);
    for (const input of inputs) node.addInput(input);
    for (const before of options.after ?? []) node.addInput(`^${before.replace(/:\d+$/, "")}`);
    const map = node.getAttrMap();
    for (const [key, value] of Object.entries(attributes)) map.set(key, this.#attribute(value));
    this.#graph.addNode(node);
    return name;
  }

  /** A constant; equal ones are one node. A list is a vector where no shape is given. */
  constant(values: number | readonly number[], dtype: GraphDType = "float32", given?: readonly number[]): Ref {
    const list = typeof values === "number" ? [values] : values;
    const shape = given ?? (typeof values === "number" ? [] : [values.length]);
    const key = JSON.stringify([list, dtype, shape]);
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const ref = this.op("Const", [], { dtype: { type: dtype }, value: { tensor: { dtype, shape, values: list } } });
    this.#constants.set(key, ref);
    return ref;
  }

  /** A value that is fed with every run. */
  placeholder(name: string, shape: readonly number[], dtype: GraphDType = "float32"): Ref {
    return this.op("Placeholder", [], { dtype: { type: dtype }, shape: { shape } }, { name });
  }

  /** A value that stays between runs. Returns its handle. */
  variable(name: string, shape: readonly number[], dtype: GraphDType = "float32"): Ref {
    this.#variables.set(name, dtype);
    return this.op(
      "VarHandleOp",
      [],
      { dtype: { type: dtype }, shape: { shape }, shared_name: { s: name }, container: { s: "" } },
      { name },
    );
  }

  /** The value of a variable, once the nodes of `after` have run. */
  read(variable: Ref, after: readonly Ref[] = []): Ref {
    return this.op("ReadVariableOp", [variable], { dtype: { type: this.#variables.get(variable)! } }, { after });
  }

  /** Sets a variable to a copy of a value: TensorFlow would otherwise share the memory that was fed. */
  assign(variable: Ref, value: Ref): Ref {
    const type = { type: this.#variables.get(variable)! };
    return this.op("AssignVariableOp", [variable, this.op("DeepCopy", [value], { T: type })], { dtype: type });
  }

  /** The value of `ref`, given only after the nodes of `after` have run. What runs are asked for. */
  named(name: string, ref: Ref, after: readonly Ref[] = [], dtype: GraphDType = "float32"): Ref {
    return this.op("Identity", [ref], { T: { type: dtype } }, { name, after });
  }

  /**
   * The bytes of a `saved_model.pb` with this graph under the tag `serve`.
   *
   * @param signature what other programs call it by, as `serving_default`. Default none
   */
  savedModel(
    version: string,
    signature?: { readonly inputs: readonly SignatureValue[]; readonly outputs: readonly SignatureValue[] },
  ): Uint8Array {
    const meta = new this.#messages.MetaGraphDef();
    const info = new this.#messages.MetaGraphDef.MetaInfoDef();
    info.addTags("serve");
    info.setTensorflowVersion(version);
    meta.setMetaInfoDef(info);
    meta.setGraphDef(this.#graph);
    if (signature !== undefined) {
      const definition = new this.#messages.SignatureDef();
      for (const value of signature.inputs) definition.getInputsMap().set(value.name, this.#info(value));
      for (const value of signature.outputs) definition.getOutputsMap().set(value.name, this.#info(value));
      definition.setMethodName("tensorflow/serving/predict");
      meta.getSignatureDefMap().set("serving_default", definition);
    }
    const model = new this.#messages.SavedModel();
    model.setSavedModelSchemaVersion(1);
    model.addMetaGraphs(meta);
    return model.serializeBinary();
  }

  #info({ name, shape }: SignatureValue): TensorInfo {
    const info = new this.#messages.TensorInfo();
    info.setName(`${name}:0`);
    info.setDtype(TYPES.float32);
    info.setTensorShape(this.#shape(shape));
    return info;
  }

  #attribute(attribute: Attribute): AttrValue {
    const value = new this.#messages.AttrValue();
    if ("type" in attribute) value.setType(TYPES[attribute.type]);
    else if ("b" in attribute) value.setB(attribute.b);
    else if ("i" in attribute) value.setI(attribute.i);
    else if ("f" in attribute) value.setF(attribute.f);
    else if ("s" in attribute) value.setS(new TextEncoder().encode(attribute.s));
    else if ("shape" in attribute) value.setShape(this.#shape(attribute.shape));
    else value.setTensor(this.#tensor(attribute.tensor));
    return value;
  }

  #shape(sizes: readonly number[]): TensorShape {
    const shape = new this.#messages.TensorShape();
    for (const size of sizes) {
      const dim = new this.#messages.TensorShape.Dim();
      dim.setSize(size);
      shape.addDim(dim);
    }
    return shape;
  }

  #tensor(constant: ConstantValue): Tensor {
    const tensor = new this.#messages.Tensor();
    tensor.setDtype(TYPES[constant.dtype]);
    tensor.setTensorShape(this.#shape(constant.shape));
    const values = constant.dtype === "int32" ? Int32Array.from(constant.values) : Float32Array.from(constant.values);
    tensor.setTensorContent(new Uint8Array(values.buffer));
    return tensor;
  }
}
