export default function TrailPage() {
  return null
}
