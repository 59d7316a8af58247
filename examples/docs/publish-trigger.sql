CREATE FUNCTION order_placed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tieline.publish('shop', 'order.placed', jsonb_build_object('order', NEW.id, 'total', NEW.total)::text, NEW.id);
  RETURN NEW;
END $$;

CREATE TRIGGER order_placed AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION order_placed();
